"""Surveys: what is asked, the sample that was drawn, the people in it while they are called, answers, and estimates."""

from django.db import models
from django.db.models import F, Q

MILLION = 1_000_000


class Survey(models.Model):
    """A survey as it was designed (`definition`, see rules.surveys), and how far it has come.

    designed → promised (the frame's digest is public) → drawn → in the field → closed (telephone numbers are deleted) →
    published. Its definition stays as it is from the promise on.
    """

    class State(models.TextChoices):
        DESIGNED = "designed", "已设计"
        PROMISED = "promised", "已承诺抽样"
        DRAWN = "drawn", "已抽样"
        FIELD = "field", "访问中"
        CLOSED = "closed", "访问结束"
        PUBLISHED = "published", "已发布"

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="surveys")
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="surveys")
    state = models.CharField(max_length=10, choices=State, default=State.DESIGNED)
    definition = models.JSONField()
    size = models.JSONField(default=dict)  # interviews wanted, numbers needed, and what they follow from
    begins_on = models.DateField()
    ends_on = models.DateField()
    report = models.JSONField(default=dict)  # of the weighting and the field work, once published
    defined_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=64)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="survey_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "published"]) | Q(closed_at__isnull=False), name="survey_closed_at"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="survey_published_at"
            ),
        ]


class SurveySample(models.Model):
    """The draw of a survey's sample, promised by digest and replayable (rules.drawing). It names lines, no numbers."""

    survey = models.OneToOneField("voice.Survey", on_delete=models.CASCADE, related_name="sample")
    commitment = models.CharField(max_length=64)
    drawn_from = models.JSONField()  # frame's digest, lines by stratum and cluster, what is wanted, public source
    seed = models.CharField(max_length=64, blank=True)  # revealed when drawn
    public_part = models.CharField(max_length=200, blank=True)
    left_out = models.JSONField(default=list)  # lines of people who were asked a short while ago
    result = models.JSONField(default=dict)
    promised_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)


class Contact(models.Model):
    """Somebody who was drawn: a line of the frame. The number is sealed, and gone when the field work ends.

    waiting → with an interviewer (`held_by`, until `held_until`) → back to waiting for a later call, or done.
    """

    survey = models.ForeignKey("voice.Survey", on_delete=models.CASCADE, related_name="contacts", db_index=False)
    line = models.IntegerField()  # in the frame's file
    position = models.IntegerField()  # in which order they are called
    stratum = models.CharField(max_length=60)
    cluster = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=12, blank=True)  # unit code, where interviewers come from elsewhere
    weight = models.FloatField()  # 1/π: how many lines of the frame it stands for
    sealed_phone = models.BinaryField(default=bytes)
    masked_phone = models.CharField(max_length=20, blank=True)
    is_rechecked = models.BooleanField(default=False)  # drawn for a second call about two of the questions
    outcome = models.CharField(max_length=16, blank=True)  # the last call's; rules.interviews.OUTCOMES
    is_done = models.BooleanField(default=False)
    calls = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # not before
    held_by = models.CharField(max_length=64, blank=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "line"], name="contact_line_once"),
            models.UniqueConstraint(fields=["survey", "position"], name="contact_position_once"),
            # An interviewer has one number at a time.
            models.UniqueConstraint(
                fields=["survey", "held_by"], condition=~Q(held_by=""), name="contact_held_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="contact_stands_for_somebody"),
            models.CheckConstraint(
                condition=Q(held_by="") | Q(held_until__isnull=False), name="contact_held_for_a_time"
            ),
        ]


class Interview(models.Model):
    """What somebody answered; kept without a number once the field work has ended. A draft until completed."""

    contact = models.OneToOneField("voice.Contact", on_delete=models.CASCADE, related_name="interview")
    answers = models.JSONField(default=dict)  # question → option's code or whole number as text
    began_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    completed_by = models.CharField(max_length=64, blank=True)  # so that somebody else asks again; emptied at the end
    weight = models.FloatField(null=True)  # once weighted
    rechecked_at = models.DateTimeField(null=True)
    recheck_agreed = models.SmallIntegerField(null=True)  # of `recheck_asked` answers given again
    recheck_asked = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recheck_asked=None) | Q(recheck_agreed__lte=F("recheck_asked")),
                name="interview_agreed_of_asked",
            )
        ]


class Invitation(models.Model):
    """Somebody was asked on this day, under a keyed hash of the number: for which survey is not kept."""

    key = models.CharField(max_length=64)
    on = models.DateField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "on"], name="invitation_by_key")]


class SurveyEstimate(models.Model):
    """A published figure. Values are millionths of one; what is suppressed is not here at all."""

    class Kind(models.TextChoices):
        SHARE = "share", "占比"
        MEAN = "mean", "平均"

    survey = models.ForeignKey("voice.Survey", on_delete=models.CASCADE, related_name="estimates", db_index=False)
    question = models.CharField(max_length=60)
    answer = models.CharField(max_length=60, blank=True)  # an option's code; "" all good ones, or the mean
    kind = models.CharField(max_length=8, choices=Kind)
    domain = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=60, blank=True)
    value_millionths = models.BigIntegerField()
    error_millionths = models.BigIntegerField(null=True)  # none where the sample is no random one
    low_millionths = models.BigIntegerField(null=True)
    high_millionths = models.BigIntegerField(null=True)
    n = models.IntegerField()
    n_eff_tenths = models.IntegerField()
    deff_hundredths = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "question", "answer", "kind", "domain", "level"], name="survey_estimate_once"
            ),
            models.CheckConstraint(
                condition=Q(low_millionths=None)
                | Q(low_millionths__lte=F("value_millionths"), high_millionths__gte=F("value_millionths")),
                name="survey_estimate_within_interval",
            ),
        ]

    @property
    def value(self) -> float:
        return self.value_millionths / MILLION

    @property
    def error(self) -> float | None:
        return _of_millionths(self.error_millionths)

    @property
    def low(self) -> float | None:
        return _of_millionths(self.low_millionths)

    @property
    def high(self) -> float | None:
        return _of_millionths(self.high_millionths)

    @property
    def n_eff(self) -> float:
        return self.n_eff_tenths / 10

    @property
    def deff(self) -> float | None:
        return None if self.deff_hundredths is None else self.deff_hundredths / 100


def _of_millionths(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / MILLION
