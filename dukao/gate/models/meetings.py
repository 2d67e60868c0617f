"""Meetings called by departments: as planned, and as they went."""

from django.db import models
from django.db.models import F, Q


class Meeting(models.Model):
    class State(models.TextChoices):
        PLANNED = "planned", "已列入计划"
        RUNNING = "running", "进行中"
        ENDED = "ended", "已结束"
        CANCELLED = "cancelled", "已取消"

    class Kind(models.TextChoices):
        COMPREHENSIVE = "comprehensive", "系统综合性会议"
        SPECIAL = "special", "专题会议"
        BUSINESS = "business", "业务会议"
        DEBRIEF = "debrief", "督查汇报会"

    number = models.CharField(max_length=32, unique=True)  # HY2026-0001
    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind)
    basis = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    is_video = models.BooleanField(default=False)
    has_groups = models.BooleanField(default=False)  # with group discussion
    called_by_deputy = models.BooleanField(default=False)
    wants_principals = models.BooleanField(default=False)  # asks principal heads to attend
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    target_level = models.SmallIntegerField()  # the lowest level that attends
    unit_count = models.IntegerField()
    attendees_per_unit = models.SmallIntegerField()
    attendees = models.IntegerField()  # all together, with those of the caller
    travel_minutes = models.SmallIntegerField(default=0)  # per attendee, there and back
    starts_at = models.DateTimeField(db_index=True)
    planned_minutes = models.SmallIntegerField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    excuse = models.CharField(max_length=500, blank=True)  # reason given where a rule asks for one
    approved_by = models.CharField(max_length=64, blank=True)
    flags = models.JSONField(default=list)
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
