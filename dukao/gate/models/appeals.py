"""A worker says that a demand should not have come."""

from django.db import models
from django.db.models import Q


class Appeal(models.Model):
    class Ground(models.TextChoices):
        DUPLICATE = "duplicate", "别处已经报过"
        OUT_OF_PLAN = "out_of_plan", "不在计划内"
        TOO_SHORT = "too_short", "时间太紧"
        NOT_OURS = "not_ours", "不是我们的职责"

    class State(models.TextChoices):
        OPEN = "open", "待决定"
        UPHELD = "upheld", "成立"
        REJECTED = "rejected", "不成立"

    number = models.CharField(max_length=32, unique=True)  # SS2026-0001
    demand = models.ForeignKey("gate.Demand", on_delete=models.PROTECT, related_name="appeals")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    due_on = models.DateField()  # of the decision, by the profile's days
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decision = models.CharField(max_length=500, blank=True)
    by_name = models.CharField(max_length=64)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "unit"], condition=Q(state="open"), name="appeal_one_open"),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="appeal_decided_with_reason",
            ),
        ]
