"""Ratings by those who were served. Who was invited, and who rated, is in none of these tables."""

from django.db import models
from django.db.models import F, Q


class Poll(models.Model):
    """What people are asked, and about whom: departments and units, never a person."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, blank=True)
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    questions = models.JSONField()  # [{"code", "title"}], the first is the one that must be answered
    scale = models.JSONField()  # its words, the best first
    by_name = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    is_synthetic = models.BooleanField(default=False)


class Subject(models.Model):
    """One of those a poll is about: a department, or a unit. `name` is what people read on the card."""

    poll = models.ForeignKey("voice.Poll", on_delete=models.CASCADE, related_name="subjects")
    position = models.SmallIntegerField()
    name = models.CharField(max_length=80)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")  # of a department: where it sits
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="subject_position_once"),
            models.UniqueConstraint(
                fields=["poll", "unit"], condition=Q(department=None), name="subject_unit_once_in_poll"
            ),
            models.UniqueConstraint(fields=["poll", "department"], name="subject_department_once_in_poll"),
        ]


class Round(models.Model):
    """A time in which a poll takes ratings: preparing (keys are being made) → open → closed. It never opens again."""

    class State(models.TextChoices):
        PREPARING = "preparing", "准备中"
        OPEN = "open", "进行中"
        CLOSED = "closed", "已结束"

    poll = models.ForeignKey("voice.Poll", on_delete=models.PROTECT, related_name="rounds")
    code = models.SlugField(max_length=48, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARING)
    period = models.IntegerField()  # the quarter that its results stand for
    opens_on = models.DateField()
    closes_on = models.DateField()  # the last day on which it takes ratings
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    collected_on = models.DateField(null=True)  # when the counts were last asked for
    by_name = models.CharField(max_length=64)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="round_ends_after_begin"),
            models.CheckConstraint(
                condition=Q(state="preparing") | Q(opened_at__isnull=False), name="round_open_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="round_closed_has_moment"
            ),
            # One round of a poll at a time: nobody rates the same thing in two.
            models.UniqueConstraint(fields=["poll"], condition=~Q(state="closed"), name="round_one_at_a_time"),
        ]


class Paper(models.Model):
    """One subject in one round, with a key pair of its own at the issuer; `tally` once closed, from the board."""

    round = models.ForeignKey("voice.Round", on_delete=models.PROTECT, related_name="papers")
    subject = models.ForeignKey("voice.Subject", on_delete=models.PROTECT, related_name="papers")
    short = models.CharField(max_length=4, unique=True)  # what its address and its codes begin with; public
    invited = models.IntegerField(default=0)
    issued = models.IntegerField(default=0)  # who asked for their signature
    counted = models.IntegerField(default=0)  # ratings on the board
    tally = models.JSONField(null=True)  # question → how often each place was given, best first; None below the floor

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "subject"], name="paper_once_in_round"),
            # “70,000 votes from 30,000 people” cannot be stored.
            models.CheckConstraint(
                condition=Q(counted__lte=F("issued"), issued__lte=F("invited")), name="paper_counted_of_invited"
            ),
        ]


class Batch(models.Model):
    """Invitations handed out at one time: how many and in which way; no code, no name, no matter. What was taken back
    counts below zero, so that all of a paper come to those who may rate."""

    class Way(models.TextChoices):
        CARDS = "cards", "印制的邀请卡"
        RESIDENTS = "residents", "居民名单"
        MATTERS = "matters", "办件一事一评"
        TABLET = "tablet", "窗口平板"
        WITHDRAWN = "withdrawn", "作废的卡"

    paper = models.ForeignKey("voice.Paper", on_delete=models.PROTECT, related_name="batches")
    way = models.CharField(max_length=10, choices=Way)
    on = models.DateField()
    count = models.IntegerField()
    by_name = models.CharField(max_length=64, blank=True)  # empty where windows invited: a row for all of a day

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(way="withdrawn", count__lt=0) | (~Q(way="withdrawn") & Q(count__gte=0)),
                name="batch_taken_back_below_zero",
            ),
            models.UniqueConstraint(
                fields=["paper", "way", "on"], condition=Q(way__in=["matters", "tablet"]), name="batch_of_windows_daily"
            ),
        ]
        indexes = [models.Index(fields=["paper", "on"], name="batch_by_paper")]


class ServedMatter(models.Model):
    """A matter that was invited to rate, once: a keyed hash of its number, by which nobody finds the invitation."""

    digest = models.CharField(max_length=64, primary_key=True)
    round = models.ForeignKey("voice.Round", on_delete=models.PROTECT, related_name="+")
