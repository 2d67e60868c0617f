"""Clues about burden. No address, no hour, no order: a row's key is drawn by chance, and its days are whole days."""

import secrets

from django.db import models
from django.db.models import Q


def chance_key() -> int:
    """A key that tells nothing of when the row was made. 53 bits: JavaScript and JSON hold it exactly."""
    return secrets.randbits(53)


class Clue(models.Model):
    id = models.BigIntegerField(primary_key=True, default=chance_key, editable=False)
    number = models.CharField(max_length=16, unique=True)  # XS-7K3M0D2XWQ, by chance as well
    code_digest = models.CharField(max_length=64, unique=True)  # of the receipt, which only the reporter has
    kind = models.CharField(max_length=40)  # of clues.yaml
    text = models.TextField()
    place = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    # Whom it speaks of, at most one; neither is shown anything of it.
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="+")
    accused_unit = models.ForeignKey("org.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    is_office_accused = models.BooleanField(default=False)
    is_reprisal = models.BooleanField(default=False)
    office = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")  # whose office follows it up
    # AES-256-GCM under the installation's key for contacts, bound to the number; empty where anonymous or removed.
    contact_sealed = models.BinaryField(default=bytes)
    state = models.CharField(max_length=8, default="received")  # of rules.clues.STATES
    received_on = models.DateField()
    notify_by = models.DateField()
    close_by = models.DateField()
    accepted_on = models.DateField(null=True)
    extended_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=12, blank=True)  # of rules.clues.OUTCOMES
    reference = models.CharField(max_length=32, blank=True)  # number of the task, appeal or document
    said_on = models.DateField(null=True)  # when the reporter last said whether it is fixed
    is_fixed = models.BooleanField(null=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(department=None) | Q(accused_unit=None), name="clue_accuses_one"),
            models.CheckConstraint(condition=~Q(text=""), name="clue_says_something"),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "fixed"]) | (~Q(outcome="") & Q(closed_on__isnull=False)),
                name="clue_closed_with_outcome",
            ),
            models.CheckConstraint(condition=Q(notify_by__gte=models.F("received_on")), name="clue_days_in_order"),
        ]
        indexes = [models.Index(fields=["office", "state"], name="clue_by_office")]


class ClueNote(models.Model):
    """What was said between office and reporter, and what was decided; only ever added."""

    class Side(models.TextChoices):
        OFFICE = "office", "督考办"
        REPORTER = "reporter", "反映人"

    id = models.BigIntegerField(primary_key=True, default=chance_key, editable=False)
    clue = models.ForeignKey("voice.Clue", on_delete=models.PROTECT, related_name="notes")
    place = models.SmallIntegerField()  # 1, 2, 3 … within the clue
    side = models.CharField(max_length=8, choices=Side)
    act = models.CharField(max_length=8)  # accept, ask, answer, extend, close, confirm, deny
    text = models.CharField(max_length=1000, blank=True)
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clue", "place"], name="clue_note_once")]
