"""A task, who does it, its milestones, the wishes for more time, and what happened to it."""

from django.db import models
from django.db.models import F, Q


class Task(models.Model):
    number = models.CharField(max_length=32, unique=True)  # DB2026-0001
    template = models.SlugField(max_length=40)  # of templates.yaml
    title = models.CharField(max_length=120)
    content = models.CharField(max_length=2000)
    origin = models.CharField(max_length=10)  # of rules.definitions.ORIGINS
    origin_number = models.CharField(max_length=40, blank=True)  # a clue's is for the office only
    basis = models.CharField(max_length=300)
    office = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")  # whose office set it
    asker = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="+")  # whose matter it is
    place = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")  # what it is about
    state = models.CharField(max_length=10, default="set")  # of rules.states.STATES
    round = models.SmallIntegerField(default=1)  # one more each time it is denied
    set_at = models.DateTimeField()
    due_on = models.DateField()
    first_due_on = models.DateField()
    reported_at = models.DateTimeField(null=True)  # in this round
    ended_at = models.DateTimeField(null=True)
    raiser = models.CharField(max_length=4)  # of rules.definitions.RAISERS: who says first whether it is fixed
    raiser_unit = models.ForeignKey("org.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    raiser_digest = models.CharField(max_length=64, blank=True)  # of the raiser's one-time code
    # The draw of who else may be asked, promised when the task is set.
    candidates = models.JSONField(default=list)
    commitment = models.CharField(max_length=64, blank=True)
    is_emergency = models.BooleanField(default=False)
    is_synthetic = models.BooleanField(default=False)
    by_name = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(basis=""), name="task_has_basis"),
            models.CheckConstraint(condition=Q(due_on__gte=F("first_due_on")), name="task_never_due_earlier"),
            models.CheckConstraint(
                condition=~Q(state__in=["reported", "closed"]) | Q(reported_at__isnull=False),
                name="task_reported_before_closed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["fixed", "withdrawn"], ended_at__isnull=False)
                | (~Q(state__in=["fixed", "withdrawn"]) & Q(ended_at=None)),
                name="task_ended_has_moment",
            ),
            models.CheckConstraint(condition=~Q(raiser="unit") | Q(raiser_unit__isnull=False),
                                   name="task_raised_by_a_unit_names_it"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["office", "state"], name="task_by_office"),
                   models.Index(fields=["asker", "set_at"], name="task_by_asker")]  # fmt: skip


class Party(models.Model):
    """A department or a unit that does the task; one of them leads."""

    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="parties")
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("org.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    is_lead = models.BooleanField()
    demand = models.OneToOneField("gate.Demand", null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    objection = models.CharField(max_length=500, blank=True)
    objected_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)  # it was not their duty

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(department=None, unit__isnull=False) | Q(department__isnull=False, unit=None),
                name="party_is_one_body",
            ),
            models.UniqueConstraint(fields=["task"], condition=Q(is_lead=True, released_at=None),
                                    name="party_one_leads"),
            models.CheckConstraint(condition=Q(objected_at=None) | ~Q(objection=""), name="party_objects_in_words"),
        ]  # fmt: skip


class Milestone(models.Model):
    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="milestones")
    position = models.SmallIntegerField()
    title = models.CharField(max_length=60)
    due_on = models.DateField()
    element = models.SlugField(max_length=64, blank=True)  # the datum that tells it
    reached_at = models.DateTimeField(null=True)
    # What shows it, frozen: {"kind": "reading", "title", "text", "source", …}; see rules.evidence.
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "position"], name="milestone_once"),
            models.CheckConstraint(condition=Q(reached_at=None) | ~Q(evidence={}), name="milestone_shown_by_something"),
        ]


class Extension(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", "待决定"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"

    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="extensions")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=500)
    until = models.DateField()
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="asked"), name="extension_one_asked"),
            models.CheckConstraint(condition=Q(state="asked") | Q(decided_at__isnull=False),
                                   name="extension_decided_has_moment"),
        ]  # fmt: skip


class Step(models.Model):
    """What happened, to the day; only ever added. `who` is an office, department or unit, never a person."""

    task = models.ForeignKey("tasks.Task", on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=20)  # of rules.states.ACTS, or "set"
    who = models.CharField(max_length=120)
    text = models.CharField(max_length=1000, blank=True)
    on = models.DateField()
