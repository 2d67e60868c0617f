"""What is known: elements, datasets, deliveries, facts, and the totals kept with them."""

from django.db import models
from django.db.models import F, Q

SUM_LIMIT = 9 * 10**18


class Element(models.Model):
    """A data element (GB/T 19488): what a datum means, about whom, in which unit of measure, and how it adds up."""

    code = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    definition = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    aliases = models.JSONField(default=list)
    about = models.CharField(max_length=12, default="unit")  # unit, person, household, enterprise, asset
    kind = models.CharField(max_length=8, default="number")  # number, text, code
    measure_unit = models.CharField(max_length=20, blank=True)  # 万元, 人, 亩 …
    decimals = models.SmallIntegerField(default=0)
    minimum = models.BigIntegerField(null=True)  # scaled by 10**decimals, inclusive
    maximum = models.BigIntegerField(null=True)
    code_list = models.JSONField(default=list)  # [{"code": "1", "title": "是"}]
    period_type = models.CharField(max_length=8)  # facts are kept for exactly this type of period
    over_units = models.CharField(max_length=4, default="sum")  # sum, mean, none
    over_periods = models.CharField(max_length=4, default="sum")  # sum, mean, last, none
    level = models.SmallIntegerField()  # facts are kept for units of exactly this level; ancestors hold totals
    fresh_days = models.IntegerField()  # after the end of its period a fact counts as fresh this long
    sensitivity = models.CharField(max_length=10, default="internal")  # public, internal, sensitive
    owner = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="elements")
    minutes_hundredths = models.IntegerField(default=50)  # estimated minutes to answer once, × 100
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(decimals__range=(0, 6)), name="element_decimals_0_to_6"),
            models.CheckConstraint(condition=Q(period_type__in=["year", "quarter", "month", "day"]),
                                   name="element_period_type_known"),
            models.CheckConstraint(condition=Q(over_units__in=["sum", "mean", "none"]),
                                   name="element_over_units_known"),
            models.CheckConstraint(condition=Q(over_periods__in=["sum", "mean", "last", "none"]),
                                   name="element_over_periods_known"),
        ]


class Dataset(models.Model):
    """A government information resource (GB/T 21063): its core metadata, columns and measures.

    `definition` is the checked YAML of `rules.DatasetDefinition`; the columns beside it are those one searches by.
    """

    code = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=120)
    provider = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="datasets")
    definition = models.JSONField()
    version = models.IntegerField(default=1)
    is_synthetic = models.BooleanField(default=False)


class Delivery(models.Model):
    """One file that a department delivered. Immutable once landed; a later one for the same period supersedes it."""

    class State(models.TextChoices):
        RECEIVED = "received", "已收到"
        LANDED = "landed", "已入库"
        REFUSED = "refused", "已退回"
        SUPERSEDED = "superseded", "已被更正"

    number = models.CharField(max_length=100, unique=True)
    dataset = models.ForeignKey("registers.Dataset", on_delete=models.PROTECT, related_name="deliveries")
    dataset_version = models.IntegerField()
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.IntegerField()  # Period.key: what the file covers
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)  # SHA-256; the file rests under it in the inbox
    size_bytes = models.BigIntegerField()
    mapping = models.JSONField(default=dict)  # column name in the file → column name of the dataset
    reading_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of mapping and dataset version
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    found = models.JSONField(default=dict)  # what the reader saw: format, encoding, line ends, sheet, header row
    problem = models.JSONField(default=dict)  # Refused.as_dict() of a refused delivery
    rows_read = models.BigIntegerField(default=0)
    rows_accepted = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    records_digest = models.CharField(max_length=64, blank=True)  # Parquet of accepted rows
    rejects_digest = models.CharField(max_length=64, blank=True)  # CSV: row, column, value, reason
    facts_landed = models.BigIntegerField(default=0)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    by_name = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    landed_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)  # a worker is on it since; stale claims are taken over
    claimed_by = models.CharField(max_length=100, blank=True)  # host, process and try of that worker
    attempts = models.SmallIntegerField(default=0)  # how often a worker began
    progress = models.JSONField(default=dict)  # {"step": "...", "percent": 40}: for eyes only

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "scope_unit", "period", "file_digest", "reading_digest"],
                                    condition=Q(state__in=["received", "landed"]), name="delivery_same_file_once"),
            models.CheckConstraint(condition=Q(rows_read=F("rows_accepted") + F("rows_rejected")),
                                   name="delivery_rows_add_up"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="delivery_by_state")]


class Fact(models.Model):
    """What one unit's element was in one period, as known since `recorded_at`. Superseded, never overwritten.

    Provisional (`accepted_at` empty) while a worker has typed it and nobody has accepted it yet.
    """

    element = models.ForeignKey("registers.Element", on_delete=models.PROTECT, db_index=False, related_name="+")
    period = models.IntegerField()  # Period.key, of the element's period type
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, db_index=False, related_name="+")
    value = models.BigIntegerField(null=True)  # scaled by the element's decimals; empty for text and code
    text = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    # Where it comes from: exactly one of a delivery and a filing (by id; filings live upstairs).
    delivery = models.ForeignKey(
        "registers.Delivery", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    filing_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["element", "period", "unit"], condition=Q(superseded_at=None),
                                    name="fact_one_current_per_cell"),
            models.CheckConstraint(condition=Q(delivery=None) ^ Q(filing_id=None), name="fact_names_one_source"),
            models.CheckConstraint(condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                                   name="fact_superseded_after_recorded"),
        ]
        indexes = [
            models.Index(fields=["element", "period", "unit", "recorded_at"], name="fact_history",
                         condition=Q(superseded_at__isnull=False)),
            models.Index(fields=["delivery"], name="fact_by_delivery", condition=Q(delivery__isnull=False)),
            models.Index(fields=["filing_id"], name="fact_by_filing", condition=Q(filing_id__isnull=False)),
        ]


class Total(models.Model):
    """The sum of the current facts below a unit, kept in the transaction that changes them.

    `pending_*` is the part that comes from provisional facts. Rebuilding from facts gives the identical rows.
    """

    element = models.ForeignKey("registers.Element", on_delete=models.PROTECT, db_index=False, related_name="+")
    period = models.IntegerField()
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, db_index=False, related_name="+")
    sum = models.BigIntegerField()
    n = models.IntegerField()
    pending_sum = models.BigIntegerField(default=0)
    pending_n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["element", "period", "unit"], name="total_once_per_cell"),
            models.CheckConstraint(condition=Q(n__gte=F("pending_n")) & Q(pending_n__gte=0),
                                   name="total_counts_add_up"),
            # Beyond 64 bits SQLite would go on in floating point; so it stops well before.
            models.CheckConstraint(condition=Q(sum__range=(-SUM_LIMIT, SUM_LIMIT))
                                   & Q(pending_sum__range=(-SUM_LIMIT, SUM_LIMIT)), name="total_is_exact"),
        ]
