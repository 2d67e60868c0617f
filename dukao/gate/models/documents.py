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
    scope_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    target_level = models.SmallIntegerField()
    body = models.TextField()
    characters = models.IntegerField()
    pages = models.SmallIntegerField()
    similar_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    similarity_hundredths = models.SmallIntegerField(null=True)  # Jaccard of shingles × 100
    superior = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")  # what it passes on
    assessment = models.JSONField(default=dict)  # 一致性评估: minutes, forms, meetings, reports asked
    flags = models.JSONField(default=list)  # [{"rule": …, "what": …, "source": …}] seen when it was issued
    excuse = models.CharField(max_length=500, blank=True)  # reason given where a rule asks for one
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
        ]
        indexes = [models.Index(fields=["department", "issued_at"], name="document_by_department")]


class Shingle(models.Model):
    """One band of a document's MinHash signature: equal bands are candidates for a near-duplicate."""

    band = models.BigIntegerField(db_index=True)
    document = models.ForeignKey("gate.Document", on_delete=models.CASCADE, related_name="bands")
