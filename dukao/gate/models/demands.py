"""Demands, and refusals of such as the rules did not let through."""

from django.db import models
from django.db.models import F, Q


class Demand(models.Model):
    """Something a department asks of units below. Nothing reaches them without one."""

    number = models.CharField(max_length=32)  # XQ2026-0001
    kind = models.CharField(max_length=16)  # of rules.demands.KINDS
    title = models.CharField(max_length=120)
    asker = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="demands")
    # Units below it are asked. Whoever looks for its demands reads the newest first, until there are enough.
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    target_level = models.SmallIntegerField()
    basis = models.CharField(max_length=300)
    is_emergency = models.BooleanField(default=False)
    # Units below the scope of whom nothing is asked, because all of it is known; `unit_count` leaves them out.
    spared_units = models.ManyToManyField("org.Unit", related_name="+")
    unit_count = models.IntegerField()
    minutes_hundredths = models.BigIntegerField()  # all units together, charged to the asker
    minutes_hundredths_per_unit = models.IntegerField()  # no unit is asked for more than this
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    by_name = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    # Where the profile wants one out for one in: the department's ended demand whose place this one takes, used once.
    in_place_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="demand_number_once"),
            models.UniqueConstraint(
                fields=["in_place_of"], condition=Q(in_place_of__isnull=False), name="demand_replaced_once"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="demand_has_basis"),
            models.CheckConstraint(condition=Q(unit_count__gt=0), name="demand_asks_somebody"),
            models.CheckConstraint(
                condition=Q(minutes_hundredths__gte=0)
                & Q(minutes_hundredths__lte=F("unit_count") * F("minutes_hundredths_per_unit")),
                name="demand_minutes_within_bound",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("issued_at")),
                name="demand_withdrawn_after_issued",
            ),
        ]


class Refusal(models.Model):
    """A demand that the rules did not let through: nobody was asked, and the attempt is on record."""

    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    asker = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="refused_demands")
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    target_level = models.SmallIntegerField()
    reasons = models.JSONField()  # [{"rule": "FRM-2", "what": "…", "source": "…"}], never empty
    refused_at = models.DateTimeField(db_index=True)
    by_name = models.CharField(max_length=64)
