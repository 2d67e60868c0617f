"""Bad ratings as work orders: what was wrong, never who said so."""

from django.db import models
from django.db.models import Q


class Order(models.Model):
    """A bad rating that somebody has to look into (差评工单).

    received → verified → answered (explained | fixed), or appealed, which is decided outside of the unit; then the
    call-back where a contact was left, a second rating, closed. Until `released_on` it is known to the office alone.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "待核实"
        VERIFIED = "verified", "整改中"
        APPEALED = "appealed", "申诉中"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "已办结"

    class Outcome(models.TextChoices):
        NONE = "", "–"
        FIXED = "fixed", "已整改"
        EXPLAINED = "explained", "已说明"
        MISJUDGED = "misjudged", "误评"

    number = models.CharField(max_length=24, unique=True)  # CP2026-0001
    paper = models.ForeignKey("voice.Paper", on_delete=models.PROTECT, related_name="orders")
    ref = models.CharField(max_length=64)  # the beginning of the ballot's commitment
    follow = models.CharField(max_length=64)  # the rater's door to the answer: the digest of a secret only they have
    levels = models.JSONField()  # question → place on the scale, 1 the best
    comment = models.CharField(max_length=600, blank=True)  # masked
    masked = models.JSONField(default=list)  # kinds of personal data that were taken out
    has_contact = models.BooleanField(default=False)  # the contact itself stays with the board
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NONE, blank=True)
    received_on = models.DateField()
    released_on = models.DateField(null=True)  # handed to the rated
    due_on = models.DateField(null=True)  # of the next step that is owed
    is_complex = models.BooleanField(default=False)
    found = models.CharField(max_length=500, blank=True)  # what verifying found
    answer = models.CharField(max_length=500, blank=True)  # what the rater is told
    answered_on = models.DateField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)
    called_back_on = models.DateField(null=True)
    call_back = models.CharField(max_length=300, blank=True)  # what came of it; nothing that says who
    called_back_by = models.CharField(max_length=64, blank=True)
    second_place = models.SmallIntegerField(null=True)
    second_on = models.DateField(null=True)
    times_reopened = models.SmallIntegerField(default=0)
    appeal = models.CharField(max_length=500, blank=True)
    appealed_on = models.DateField(null=True)
    appealed_by = models.CharField(max_length=64, blank=True)
    appeal_upheld = models.BooleanField(null=True)
    decision = models.CharField(max_length=500, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    closed_on = models.DateField(null=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "ref"], name="order_once_per_rating"),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "closed"]) | ~Q(outcome=""), name="order_ends_with_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_on__isnull=False), name="order_closed_has_day"
            ),
            models.CheckConstraint(
                condition=Q(released_on__isnull=False) | Q(state__in=["received", "answered", "closed"]),
                name="order_moves_after_release",
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None)
                | Q(appealed_on__isnull=False, appeal_upheld__isnull=False)
                & ~Q(decision="")
                & ~Q(decided_by=models.F("appealed_by")),
                name="order_appeal_decided_by_others",
            ),
            models.CheckConstraint(
                condition=Q(second_place=None) | Q(second_place__range=(1, 5)), name="order_second_place_on_scale"
            ),
            # All who left a way to be reached are called back before the order ends, but where the rating fell.
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(has_contact=False) | Q(called_back_on__isnull=False),
                name="order_called_back_before_end",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=~Q(state="closed"), name="order_by_due"),
        ]
