"""The trail: every action's event, and the seals that chain the events together."""

from django.db import models


class Event(models.Model):
    """One thing that somebody did. Only ever added: the database refuses change and removal."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    # `room.noun.verb_past`, for example `sheets.answer.typed`.
    verb = models.CharField(max_length=64)
    # Codes and numbers a person can read, for example `filing:B2026-0004/230202001001`.
    subject = models.CharField(max_length=200)
    # Id path of the unit concerned, for live pages and for the auditor's scope; empty where no unit is.
    unit_path = models.CharField(max_length=120, blank=True)
    # Facts of the matter, never personal data, never figures of single persons.
    detail = models.JSONField(default=dict)


class Listing(models.Model):
    """What an event is found by. Written with the event's seal: whoever acts does not wait for five indexes."""

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.PROTECT, related_name="listing")
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    unit_path = models.CharField(max_length=120, blank=True)

    class Meta:
        # An auditor reads the newest first, of one person, one kind, or one part of the tree.
        indexes = [
            models.Index(fields=["at", "event"], name="event_by_time"),
            models.Index(fields=["actor", "at", "event"], name="event_by_actor"),
            models.Index(fields=["verb", "at", "event"], name="event_by_verb"),
            models.Index(fields=["unit_path"], name="event_by_unit", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["subject"], name="event_by_subject", opclasses=["varchar_pattern_ops"]),
        ]


class Seal(models.Model):
    """The place of one event in the hash chain: `digest = SHA-256(previous digest ‖ event)`."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
