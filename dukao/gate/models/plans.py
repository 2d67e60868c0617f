"""The yearly plan, its items in dated versions, and the quotas that bookings draw on."""

from django.db import models
from django.db.models import F, Q


class Plan(models.Model):
    """What one unit's departments may inspect in one year."""

    class State(models.TextChoices):
        COLLECTING = "collecting", "征集中"
        FROZEN = "frozen", "已定稿"
        PUBLISHED = "published", "已公布"

    year = models.SmallIntegerField()
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="plans")
    state = models.CharField(max_length=12, choices=State, default=State.COLLECTING)
    frozen_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="plan_once_a_year")]


class PlanItem(models.Model):
    """One version of one item. All versions carry the item's number; exactly one of them is the current one.

    `origin` tells how it may be carried out at all: as planned, by one approval for one matter (一事一报), or as an
    emergency with an approver and an end. Exceptions bring their own quota and leave the plan's untouched.
    """

    class Origin(models.TextChoices):
        PLANNED = "planned", "计划内"
        EXCEPTION = "exception", "一事一报"
        EMERGENCY = "emergency", "应急"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待审"
        APPROVED = "approved", "已批准"
        MERGED = "merged", "已并入"
        REFUSED = "refused", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    class Kind(models.TextChoices):
        COMPREHENSIVE = "comprehensive", "综合督查"
        SPECIAL = "special", "专项督查"
        EVENT = "event", "事件调查"
        DAILY = "daily", "日常督办"
        CLUE = "clue", "线索核查"

    plan = models.ForeignKey("gate.Plan", on_delete=models.PROTECT, related_name="items")
    number = models.CharField(max_length=32)  # JH2026-0001; an exception YS2026-0001
    version = models.SmallIntegerField(default=1)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.PLANNED)
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="plan_items")
    title = models.CharField(max_length=120)
    topic = models.SlugField(max_length=40)  # of topics.yaml: what it is about, whatever it is called
    kind = models.CharField(max_length=16, choices=Kind)
    method = models.CharField(max_length=16)  # of rules.items.METHODS (政府督查工作条例#12)
    basis = models.CharField(max_length=300)
    purpose = models.CharField(max_length=500)
    questions = models.JSONField(default=list)  # [{"text": …, "element": code or ""}]
    criteria = models.JSONField(default=list)  # what is judged, in words
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    target_level = models.SmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()  # inclusive
    visits_most = models.IntegerField()  # in its whole life, all targets together
    minutes_hundredths_per_visit = models.IntegerField()  # of the people visited
    merged_into = models.CharField(max_length=32, blank=True)  # number of the item that carries it now
    reason = models.CharField(max_length=300, blank=True)  # why there is this version, exception or emergency
    # Who answers for letting it through: the office's log-in, of an exception or emergency the leader's office held.
    approved_by = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True)
    # The last word on this version: approved, merged, refused or withdrawn, and why.
    decision = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="plan_item_version_once"),
            models.UniqueConstraint(fields=["number"], condition=Q(is_current=True), name="plan_item_one_current"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="plan_item_window"),
            models.CheckConstraint(condition=Q(visits_most__gt=0), name="plan_item_visits"),
            models.CheckConstraint(condition=~Q(basis=""), name="plan_item_has_basis"),
            models.CheckConstraint(
                condition=Q(origin="planned") | ~Q(state="approved") | ~Q(approved_by=""),
                name="plan_item_exception_has_approver",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["merged", "refused"]) | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="plan_item_decided_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | ~Q(merged_into=""), name="plan_item_merged_says_where"
            ),
        ]
        indexes = [models.Index(fields=["department", "topic"], name="plan_item_by_department")]


class PlanTarget(models.Model):
    """A unit that an item names; an item without any reaches all units of its level below its scope."""

    item = models.ForeignKey("gate.PlanItem", on_delete=models.CASCADE, related_name="targets")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    visits_most = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "unit"], name="plan_target_once")]


class Quota(models.Model):
    """One cap: what is held and what was used never exceed the limit, and the database says so.

    `key` names what is capped: `item:JH2026-0001`, `department:tax:2026`, `topic:grain:2026`,
    `unit:990101001201:2026-10` (rules.quotas builds them). `lifted` counts the emergencies among them, which may go
    beyond a unit's limit; nothing else may.
    """

    key = models.CharField(max_length=80, primary_key=True)
    limit = models.IntegerField()
    held = models.IntegerField(default=0)
    used = models.IntegerField(default=0)
    lifted = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(limit__gte=0, held__gte=0, used__gte=0, lifted__gte=0), name="quota_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(held__lte=F("limit") + F("lifted") - F("used")), name="quota_within_limit"
            ),
        ]
