"""Meetings called by departments: as planned, and as they went."""

from django.db import models
from django.db.models import F, Q


class Meeting(models.Model):
    """A meeting that units below are called to; before it is let through it has no demand, and nobody is called."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        REFUSED = "refused", "未批准"
        PLANNED = "planned", "已通知"
        ENDED = "ended", "已开完"
        CANCELLED = "cancelled", "已取消"

    class Kind(models.TextChoices):
        COMPREHENSIVE = "comprehensive", "全系统综合性会议"
        SPECIAL = "special", "专题会议"
        BUSINESS = "business", "业务会议"
        DEBRIEF = "debrief", "督查汇报会"

    number = models.CharField(max_length=32, unique=True)  # HY2026-0001
    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind)
    basis = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State)
    is_video = models.BooleanField(default=False)
    has_groups = models.BooleanField(default=False)  # with group discussion
    called_by_deputy = models.BooleanField(default=False)
    wants_principals = models.BooleanField(default=False)  # asks principal heads of units below to attend
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    target_level = models.SmallIntegerField()  # the level that attends
    unit_count = models.IntegerField()
    attendees_per_unit = models.SmallIntegerField()
    own_attendees = models.SmallIntegerField(default=0)  # of whoever calls
    travel_minutes = models.SmallIntegerField(default=0)  # per attendee, there and back
    starts_at = models.DateTimeField(db_index=True)
    planned_minutes = models.SmallIntegerField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    excuse = models.CharField(max_length=500, blank=True)  # reason given where a rule asks for one
    flags = models.JSONField(default=list)  # rules that warned when it was let through
    decision = models.CharField(max_length=500, blank=True)  # of the office, where it had to decide
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    demand = models.OneToOneField("gate.Demand", null=True, on_delete=models.PROTECT, related_name="meeting")
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(planned_minutes__gt=0), name="meeting_has_length"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="meeting_ends_after_begin"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "refused"]) | Q(demand__isnull=False),
                name="meeting_called_through_gate",
            ),
        ]
        indexes = [models.Index(fields=["department", "starts_at"], name="meeting_by_department")]


class Speech(models.Model):
    """One item of the agenda. Who speaks is told by the office held, never by a name."""

    class Kind(models.TextChoices):
        PRINCIPAL = "principal", "主要负责同志讲话"
        REPORT = "report", "主报告"
        CHAIR = "chair", "主持"
        EXCHANGE = "exchange", "交流发言"
        DISCUSSION = "discussion", "分组讨论"
        OTHER = "other", "其他"

    meeting = models.ForeignKey("gate.Meeting", on_delete=models.CASCADE, related_name="speeches")
    position = models.SmallIntegerField()
    speaker = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind)
    planned_minutes = models.SmallIntegerField()
    actual_seconds = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="speech_position_once")]
