"""The burden ledger: minutes from who asks to who is asked, and the baselines they are compared with."""

from django.db import models
from django.db.models import Q


class BurdenEntry(models.Model):
    """What one demand costs one unit. `month` is a period key; minutes × 100.

    What stands is the estimate, until the unit tells of its own will, or the system itself knows, how long it took.
    """

    class Measure(models.TextChoices):
        NONE = "", "未实测"
        TOLD = "told", "单位自愿填写"
        KNOWN = "known", "系统记录"

    # All are found by the indexes below: an asker's entries by their months.
    demand = models.ForeignKey("gate.Demand", on_delete=models.CASCADE, related_name="entries", db_index=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    asker = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.IntegerField()
    kind = models.CharField(max_length=16)
    minutes_hundredths = models.IntegerField()
    estimate = models.CharField(max_length=16)  # of rules.burden.ESTIMATES: how the estimate was made
    measured_hundredths = models.IntegerField(null=True)
    given_back_at = models.DateTimeField(null=True)  # the demand was taken back from this unit: nothing is charged
    measure = models.CharField(max_length=8, choices=Measure, default=Measure.NONE, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "unit", "month"], name="burden_entry_once"),
            models.CheckConstraint(condition=Q(minutes_hundredths__gte=0), name="burden_entry_not_negative"),
            models.CheckConstraint(
                condition=Q(measured_hundredths=None, measure="")
                | Q(measured_hundredths__isnull=False, measured_hundredths__gte=0) & ~Q(measure=""),
                name="burden_entry_measured_says_how",
            ),
        ]
        indexes = [models.Index(fields=["month", "unit"], name="burden_by_month")]


class Baseline(models.Model):
    """How many there were in the year that later ones are compared with (2018). Written once, never changed."""

    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")  # who received or issued
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)  # document, meeting, visit
    year = models.SmallIntegerField()
    count = models.IntegerField()
    source = models.CharField(max_length=200)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "year"], condition=Q(department=None), name="baseline_of_unit_once"
            ),
            models.UniqueConstraint(fields=["unit", "department", "kind", "year"], name="baseline_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="baseline_not_negative"),
        ]
