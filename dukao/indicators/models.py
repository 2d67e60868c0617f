"""Indicators as loaded from their YAML files; readings are computed from totals, never stored."""

from django.db import models


class Indicator(models.Model):
    """`definition` is the checked YAML of `rules.IndicatorDefinition`."""

    code = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=120)
    position = models.IntegerField(default=0)
    owner = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="indicators")
    definition = models.JSONField()
    is_synthetic = models.BooleanField(default=False)
