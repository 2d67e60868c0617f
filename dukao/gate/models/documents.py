"""Documents issued to units below, through whatever channel, and what tells a copy."""

from django.db import models
from django.db.models import Q


class Document(models.Model):
    """One text that goes down. Drafts are assessed first; all channels are counted, whatever the head's colour."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ISSUED = "issued", "已印发"
        DROPPED = "dropped", "已放弃"

    class Channel(models.TextChoices):
        RED_HEAD = "red_head", "红头文件"
        WHITE_HEAD = "white_head", "白头文件"
        NOTE = "note", "便笺"
        LETTER = "letter", "函"
        NOTICE = "notice", "群通知、电话通知"

    class Kind(models.TextChoices):
        GENERAL = "general", "一般文件"
        COMPREHENSIVE = "comprehensive", "综合性部署"
        SPECIAL = "special", "专项工作"
        TASK = "task", "具体任务"
        FORWARD = "forward", "转发"

    number = models.CharField(max_length=32, unique=True)  # WJ2026-0001, the register's own
    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    document_number = models.CharField(max_length=60, blank=True)  # 发文字号, for example 齐农发〔2026〕8号
    channel = models.CharField(max_length=12, choices=Channel)
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    basis = models.CharField(max_length=300)  # why it is issued at all: 发文立项
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    target_level = models.SmallIntegerField()
    text = models.TextField()  # the whole of it; rules.documents tells which part is the body
    characters = models.IntegerField()  # of the body
    pages = models.SmallIntegerField()
    similar_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    similarity_hundredths = models.SmallIntegerField(null=True)  # Jaccard of shingles × 100
    # What it passes on: a document of the register, or the text of one that came from elsewhere.
    superior = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    superior_title = models.CharField(max_length=200, blank=True)
    superior_text = models.TextField(blank=True)
    assessment = models.JSONField(default=dict)  # 一致性评估: minutes of each unit; forms, meetings, reports; due_on
    flags = models.JSONField(default=list)  # what the rules said when it was issued: rules.documents.Finding
    excuse = models.CharField(max_length=500, blank=True)  # reason given where a rule asks for one
    allowed_at = models.DateTimeField(null=True)  # by the supervision office, where it exceeds the year's number
    allowed_by = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True, db_index=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=64)
    demand = models.OneToOneField("gate.Demand", null=True, on_delete=models.PROTECT, related_name="document")
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_at__isnull=False, demand__isnull=False),
                name="document_issued_through_gate",
            ),
            models.CheckConstraint(
                condition=Q(allowed_at=None, allowed_by="") | Q(allowed_at__isnull=False) & ~Q(allowed_by=""),
                name="document_allowed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["department", "issued_at"], name="document_by_department")]


class Band(models.Model):
    """One band of a document's MinHash signature: documents that share one may be near-duplicates."""

    pk = models.CompositePrimaryKey("band", "document")
    band = models.BigIntegerField()
    document = models.ForeignKey("gate.Document", on_delete=models.CASCADE, related_name="bands")
