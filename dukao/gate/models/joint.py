"""A year's visits merged into joint ones: as worked out, and as the office adopted it."""

from django.db import models
from django.db.models import Q


class JointPlan(models.Model):
    """One working-out of one year's plan. Limits and figures are kept as they were then."""

    plan = models.ForeignKey("gate.Plan", on_delete=models.PROTECT, related_name="joint_plans")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    limits = models.JSONField()  # of rules.joint_plan.Limits
    planned = models.IntegerField()  # visits that went in
    bound = models.IntegerField()  # no plan has fewer joint visits, each visit that it leaves counted as one
    crowded_months = models.IntegerField()  # unit-months over the limit if everybody came alone
    left = models.JSONField(default=list)  # [{"item": number, "unit": code}]: found no place
    dayless = models.JSONField(default=list)  # the same: without a working day to come on; in no bound
    left_out = models.JSONField(default=list)  # numbers of items whose targets are not known yet, or are sealed
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(max_length=64, blank=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(adopted_at__isnull=False), name="joint_plan_one_adopted"
            )
        ]


class JointVisit(models.Model):
    """One proposed visit: to one unit on one day, for these items."""

    joint_plan = models.ForeignKey("gate.JointPlan", on_delete=models.CASCADE, related_name="visits")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    items = models.JSONField()  # numbers, sorted

    class Meta:
        constraints = [models.UniqueConstraint(fields=["joint_plan", "unit", "on"], name="joint_visit_once_a_day")]
        indexes = [models.Index(fields=["joint_plan", "on"], name="joint_visit_by_day")]
