"""What came of a scorecard for one unit or department, in versions that are only added."""

from django.db import models
from django.db.models import Q


class Score(models.Model):
    """One version. `document` is the file that the scored download: inputs, rules, weights, result, digests.

    A decided appeal makes the next version; the database refuses to change or remove one.
    """

    card = models.ForeignKey("scores.Scorecard", on_delete=models.PROTECT, related_name="scores")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")  # of a department: where it stands
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.SmallIntegerField(default=1)
    total_hundredths = models.IntegerField(null=True)  # null where no line has evidence
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)  # why there is this version, beyond the first
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card", "unit", "version"], condition=Q(department=None), name="score_version_once_per_unit"
            ),
            models.UniqueConstraint(
                fields=["card", "department", "version"], condition=Q(department__isnull=False),
                name="score_version_once_per_department",
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="score_later_version_says_why"),
        ]  # fmt: skip
