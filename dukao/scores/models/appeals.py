"""Appeals of the scored against a line."""

from django.db import models
from django.db.models import Q


class Appeal(models.Model):
    """`line` is the line's code, `score` the version that was appealed against.

    Upheld, the line is counted with `corrected` (the exact value as text) or left out where that is empty.
    """

    class State(models.TextChoices):
        OPEN = "open", "待决定"
        UPHELD = "upheld", "成立"
        REJECTED = "rejected", "不成立"

    number = models.CharField(max_length=32, unique=True)  # KS2026-0001
    score = models.ForeignKey("scores.Score", on_delete=models.PROTECT, related_name="appeals")
    line = models.SlugField(max_length=64)
    reason = models.CharField(max_length=500)
    evidence = models.CharField(max_length=500, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decision = models.CharField(max_length=500, blank=True)
    corrected = models.CharField(max_length=60, blank=True)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False) & ~Q(decision="") & ~Q(decided_by=""),
                name="score_appeal_decided_with_reason",
            ),
            models.CheckConstraint(condition=~Q(made_by=models.F("decided_by")), name="score_appeal_by_somebody_else"),
        ]
