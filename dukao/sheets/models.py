"""What is still asked: sheets, their questions, dispatches, filings and answers."""

from django.db import models
from django.db.models import Q


class Sheet(models.Model):
    """A statistical or business sheet (报表), one row per version. `definition` is the checked YAML."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        READY = "ready", "可下发"
        RETIRED = "retired", "已停用"

    code = models.SlugField(max_length=64)
    version = models.IntegerField(default=1)
    title = models.CharField(max_length=120)
    issuer = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    legal_type = models.CharField(max_length=16)  # statistical, administrative
    form_number = models.CharField(max_length=60, blank=True)  # 表号
    issuing_body = models.CharField(max_length=120, blank=True)  # 制定机关
    approval_number = models.CharField(max_length=120, blank=True)  # 批准或备案文号
    valid_until = models.DateField(null=True)  # 有效期限, last valid day
    period_type = models.CharField(max_length=8)
    frequency = models.CharField(max_length=10)  # once, yearly, quarterly, monthly, weekly, daily
    level = models.SmallIntegerField()  # units of this level fill it in
    definition = models.JSONField()
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="sheet_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="sheet_version_from_1"),
        ]


class Question(models.Model):
    sheet = models.ForeignKey("sheets.Sheet", on_delete=models.CASCADE, related_name="questions")
    position = models.IntegerField()
    section = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=160)
    note = models.CharField(max_length=300, blank=True)
    element = models.ForeignKey("registers.Element", on_delete=models.PROTECT, related_name="+")
    is_required = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "position"], name="question_position_once"),
            models.UniqueConstraint(fields=["sheet", "element"], name="question_element_once_per_sheet"),
        ]


class Dispatch(models.Model):
    """A sheet sent to units for a period, after the compiler let it through and the gate admitted the demand."""

    class State(models.TextChoices):
        OPEN = "open", "填报中"
        CLOSED = "closed", "已结束"
        WITHDRAWN = "withdrawn", "已撤回"

    number = models.CharField(max_length=32, unique=True)  # BB2026-0001
    sheet = models.ForeignKey("sheets.Sheet", on_delete=models.PROTECT, related_name="dispatches")
    demand = models.OneToOneField("gate.Demand", on_delete=models.PROTECT, related_name="+")
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.IntegerField()
    level = models.SmallIntegerField()  # the sheet's: units of this level fill it in
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # What the compiler showed when it was sent: counts and minutes, per question.
    compiled = models.JSONField(default=dict)
    dispatched_at = models.DateTimeField()
    by_name = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["state"], name="dispatch_by_state")]


class DispatchQuestion(models.Model):
    """A question that this dispatch carries: asked where a unit's cell is not known, or only shown.

    A question refused because others know the answer is shown, filled in; one that may not be asked at all is not
    carried.
    """

    dispatch = models.ForeignKey("sheets.Dispatch", on_delete=models.CASCADE, db_index=False, related_name="carried")
    question = models.ForeignKey("sheets.Question", on_delete=models.PROTECT, related_name="+")
    # The question's: a cell is found by its element in one step.
    element = models.ForeignKey("registers.Element", on_delete=models.PROTECT, related_name="+")
    is_asked = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "question"], name="dispatch_question_once"),
            models.UniqueConstraint(fields=["dispatch", "element"], name="dispatch_element_once"),
        ]


class Filing(models.Model):
    """One unit's copy of a dispatch. A refusal is protected: the database neither changes nor removes it."""

    class State(models.TextChoices):
        OPEN = "open", "待填"
        SUBMITTED = "submitted", "待审"
        RETURNED = "returned", "退回"
        ACCEPTED = "accepted", "通过"
        REFUSED = "refused", "拒填"
        SPARED = "spared", "无需填报"  # all was known on dispatch, or an appeal was upheld: nobody fills in or reviews

    dispatch = models.ForeignKey("sheets.Dispatch", on_delete=models.PROTECT, db_index=False, related_name="filings")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, db_index=False, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    revision = models.IntegerField(default=0)  # grows with every change of state: a double submit is seen
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=64, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # of return or refusal

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "unit"], name="filing_once_per_unit"),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "refused"]) | ~Q(reason=""), name="filing_sent_back_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted"]) | Q(submitted_at__isnull=False),
                name="filing_submitted_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(reviewed_at__isnull=False), name="filing_accepted_says_when"
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="filing_by_unit_and_state")]


class Answer(models.Model):
    """The value of one cell (question × period) in a filing, and where it came from.

    Typed and confirmed answers are stored as they are given; pre-filled ones when the filing is submitted.
    """

    class Origin(models.TextChoices):
        PREFILLED = "prefilled", "自动带入"
        FOLDED = "folded", "下级汇总"
        CONFIRMED = "confirmed", "确认仍对"
        TYPED = "typed", "填写"

    filing = models.ForeignKey("sheets.Filing", on_delete=models.PROTECT, db_index=False, related_name="answers")
    question = models.ForeignKey("sheets.Question", on_delete=models.PROTECT, related_name="+")
    period = models.IntegerField()  # Period.key of the cell: the element's own period inside the dispatch's
    value = models.BigIntegerField(null=True)
    text = models.CharField(max_length=500, blank=True)
    origin = models.CharField(max_length=10, choices=Origin)
    fact_id = models.BigIntegerField(null=True)  # the fact that a pre-filled or confirmed answer repeats
    disputed_reason = models.CharField(max_length=300, blank=True)  # “不对”: a known value marked not right
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "question", "period"], name="answer_once_per_cell"),
            models.CheckConstraint(
                condition=Q(origin__in=["typed", "folded"]) | Q(fact_id__isnull=False),
                name="answer_repeated_names_its_fact",
            ),
        ]


class Meaning(models.Model):
    """What a form's words mean, or never mean, as a person said: for the person's unit and all below it."""

    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    # The words of header and row, as `dukao.workbooks.matching.Asked` has them for comparing.
    signature = models.CharField(max_length=400)
    element = models.ForeignKey("registers.Element", on_delete=models.PROTECT, related_name="+")
    is_never = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField()
    by_name = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "signature"], condition=Q(is_never=False), name="meaning_once_per_unit"
            ),
            models.UniqueConstraint(
                fields=["unit", "signature", "element"], condition=Q(is_never=True), name="meaning_never_once"
            ),
            models.CheckConstraint(condition=~Q(signature=""), name="meaning_is_of_words"),
        ]
