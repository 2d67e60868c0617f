"""A scorecard: who is scored in a year, and by what."""

from django.db import models
from django.db.models import Q


class Scorecard(models.Model):
    """`definition` is the checked `rules.definitions.ScorecardDefinition`. A draft may be written anew.

    `set`: the scored know by what they will be scored, and it stands. `shown`: they see their scores and may object
    until `objections_until` (inclusive). `published`: everybody with a right to it sees all, without log-in where
    `is_public`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SET = "set", "已定"
        SHOWN = "shown", "征求异议"
        PUBLISHED = "published", "已公布"

    code = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=120)
    year = models.SmallIntegerField()
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="scorecards")
    definition = models.JSONField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    is_public = models.BooleanField(default=False)
    is_synthetic = models.BooleanField(default=False)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    set_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    objections_until = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(set_at__isnull=False), name="scorecard_set_says_when"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "set"]) | Q(shown_at__isnull=False, objections_until__isnull=False),
                name="scorecard_shown_says_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="scorecard_published_says_when"
            ),
        ]
