"""Each time a task was closed, and what those said who were asked whether it is fixed."""

from django.db import models
from django.db.models import Q


class Closing(models.Model):
    """`outcome` is empty while nobody has answered; `draw` is the published draw, for anybody to replay."""

    task = models.ForeignKey("tasks.Task", on_delete=models.PROTECT, related_name="closings")
    round = models.SmallIntegerField()
    due_on = models.DateField()  # as it stood in that round
    is_late = models.BooleanField()  # reported after it was due
    closed_at = models.DateTimeField()
    draw = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, blank=True)  # confirmed, denied, or silent: nobody would say

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "round"], name="closing_once_a_round"),
            models.CheckConstraint(condition=Q(outcome__in=["", "confirmed", "denied", "silent"]),
                                   name="closing_outcome_known"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["closed_at"], name="closing_by_day")]


class Confirmation(models.Model):
    """Somebody asked whether it is fixed: the raiser (unit None), or a unit. To the day, and once."""

    closing = models.ForeignKey("tasks.Closing", on_delete=models.PROTECT, related_name="confirmations")
    unit = models.ForeignKey("org.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    is_raiser = models.BooleanField()
    asked_on = models.DateField()
    answer_by = models.DateField()
    answered_on = models.DateField(null=True)
    is_fixed = models.BooleanField(null=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on=None, is_fixed=None) | Q(answered_on__isnull=False, is_fixed__isnull=False),
                name="confirmation_answered_whole",
            ),
            models.UniqueConstraint(fields=["closing", "unit"], condition=Q(is_raiser=False),
                                    name="confirmation_unit_once"),
        ]  # fmt: skip
