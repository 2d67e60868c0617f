"""Visits and their bookings, draws that can be replayed, and visits refused at the door."""

from django.db import models
from django.db.models import F, Q


class Visit(models.Model):
    """A visit exists by its booking; it reaches the unit by its check code.

    held → arrived → concluded; or held → given back (by the booker, or because `expires_at` passed). A sealed visit
    (四不两直) holds its quotas like any other and is shown to nobody at its target before it has arrived.
    """

    class State(models.TextChoices):
        HELD = "held", "已预约"
        ARRIVED = "arrived", "已到场"
        CONCLUDED = "concluded", "已反馈"
        GIVEN_BACK = "given_back", "已退回"

    class Mode(models.TextChoices):
        ANNOUNCED = "announced", "事先告知"
        UNANNOUNCED = "unannounced", "四不两直"
        REMOTE = "remote", "不到现场"

    number = models.CharField(max_length=24)  # of the code's digest, which is of the request key
    request_key = models.CharField(max_length=64)  # a repeated request books once: it would get the same number
    state = models.CharField(max_length=12, choices=State, default=State.HELD)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.ANNOUNCED)
    # Found by the index of unit and day.
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="visits", db_index=False)
    on = models.DateField()
    purpose = models.CharField(max_length=500)
    people = models.JSONField(default=list)  # [{"name": …, "office": …}], as the code shows them
    team_size = models.SmallIntegerField()
    asks = models.JSONField(default=list)  # what may be asked for, in words; taken from the items
    minutes_hundredths = models.IntegerField()  # of the people visited, as estimated
    caps = models.JSONField()  # key of each quota it holds or has used → whether an emergency lifts that one for it
    code_digest = models.CharField(max_length=64)  # SHA-256 of the check code; the code itself is not kept
    booked_by = models.CharField(max_length=64)
    booked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    arrived_by = models.CharField(max_length=64, blank=True)  # who scanned, at the unit
    measured_minutes = models.IntegerField(null=True)  # told by the unit of its own will
    conduct = models.JSONField(default=dict)  # rule of the checklist → kept or not, as the unit answered
    conclusion = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.CharField(max_length=64, blank=True)
    objection = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True)
    objected_by = models.CharField(max_length=64, blank=True)
    objection_decision = models.TextField(blank=True)
    objection_upheld = models.BooleanField(null=True)
    objection_decided_at = models.DateTimeField(null=True)
    objection_decided_by = models.CharField(max_length=64, blank=True)
    given_back_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why given back
    seen = models.JSONField(default=list)  # of a remote visit: the data it looked at, as they were
    # A demand bears the number of its visit, by which either is found.
    demand = models.ForeignKey(
        "gate.Demand", null=True, on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # Not `unique=True`: PostgreSQL would get a second index, for searches that nobody makes.
            models.UniqueConstraint(fields=["number"], name="visit_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["arrived", "concluded"]) | Q(arrived_at__isnull=False),
                name="visit_arrived_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="given_back") | Q(given_back_at__isnull=False), name="visit_given_back_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(concluded_at=None) | Q(concluded_at__gte=F("arrived_at")),
                name="visit_concluded_after_arrival",
            ),
            models.CheckConstraint(
                condition=Q(objection_decided_at=None)
                | Q(objected_at__isnull=False, objection_upheld__isnull=False)
                & ~Q(objection_decision="")
                & ~Q(objection_decided_by__in=["", F("booked_by"), F("concluded_by"), F("arrived_by")]),
                name="visit_objection_decided_by_others",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "on"], name="visit_by_unit"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="visit_by_expiry"),
        ]


class VisitPart(models.Model):
    """One item carried by a visit; a joint visit (联合检查) carries several and costs the unit one."""

    visit = models.ForeignKey("gate.Visit", on_delete=models.CASCADE, related_name="parts", db_index=False)
    item = models.ForeignKey("gate.PlanItem", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "item"], name="visit_part_once")]


class Draw(models.Model):
    """A random draw (双随机): the seed was promised by its digest first, so that anyone can replay it afterwards."""

    number = models.CharField(max_length=32, unique=True)
    item = models.ForeignKey("gate.PlanItem", on_delete=models.PROTECT, related_name="draws")
    commitment = models.CharField(max_length=64)  # SHA-256 over the seed and what is drawn from
    public_source = models.CharField(max_length=200)  # promised: where the public part will come from
    seed = models.CharField(max_length=64, blank=True)  # revealed when drawn
    public_part = models.CharField(max_length=200, blank=True)  # what nobody could choose, mixed in
    units = models.JSONField(default=list)  # codes to draw from, sorted
    inspectors = models.JSONField(default=list)  # [{"name": …, "office": …, "ties": [{"unit": …, "reason": …}]}]
    units_wanted = models.IntegerField()
    inspectors_wanted = models.IntegerField()
    result = models.JSONField(default=dict)
    promised_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=64)


class RefusedVisit(models.Model):
    """Somebody came without a code that holds; the unit said no and told the supervision office."""

    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="refused_visits")
    who = models.CharField(max_length=120, blank=True)  # department as they said, never a person's name
    what = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_index=True)
    by_name = models.CharField(max_length=64)
    is_synthetic = models.BooleanField(default=False)


class CodeMiss(models.Model):
    """A code that did not hold, under a keyed hash of who tried: too many, and nobody looks at codes for a while."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="code_miss_by_key")]
