"""The tree of units, the departments at each level, posts, and the people who hold them."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q


class Level(models.IntegerChoices):
    COUNTRY = 0, "全国"
    PROVINCE = 1, "省"
    CITY = 2, "市"
    COUNTY = 3, "县（区）"
    TOWN = 4, "乡镇（街道）"
    VILLAGE = 5, "村（社区）"


class Unit(models.Model):
    """A place of the tree. `path` holds the ids from the root down to itself: `/1/5/212/`."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=80)
    pinyin = models.CharField(max_length=240)
    pinyin_initials = models.CharField(max_length=80)
    level = models.SmallIntegerField(choices=Level)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120, db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_once_at_a_time"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                                   name="unit_valid_period"),
            models.CheckConstraint(condition=Q(level__range=(0, 5)), name="unit_level_known"),
        ]
        indexes = [models.Index(fields=["level"], name="unit_by_level"),
                   models.Index(fields=["pinyin_initials"], name="unit_by_initials")]


class Department(models.Model):
    """A department (税务局, 民政局 …) of one unit."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="departments")


class Role(models.TextChoices):
    WORKER = "worker", "填报员"
    REVIEWER = "reviewer", "审核员"
    DEPARTMENT = "department", "部门数据员"
    SUPERVISION = "supervision", "督考办"
    INTERVIEWER = "interviewer", "访问员"
    ADMIN = "admin", "系统管理员"
    AUDITOR = "auditor", "审计员"


class Post(models.Model):
    """A role at a unit, within a department where the role needs one; its rights reach over the unit's subtree."""

    code = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=80)
    role = models.CharField(max_length=12, choices=Role)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="posts")
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="posts")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(role="department") | Q(department__isnull=False),
                                   name="post_of_department_names_it"),
        ]


class Login(AbstractBaseUser):
    """A person's way in. The name is a work name (`jiangpo-worker`), never an identity number."""

    name = models.SlugField(max_length=64, unique=True)
    display_name = models.CharField(max_length=40)
    # Whose administrators answer for it before its first post: the maker's unit; empty for the top of the tree.
    home = models.ForeignKey("org.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    large_type = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True)

    USERNAME_FIELD = "name"
    objects = BaseUserManager()  # type: ignore[var-annotated]


class Holding(models.Model):
    """A login holds a post for a time, half-open."""

    login = models.ForeignKey("org.Login", on_delete=models.CASCADE, related_name="holdings")
    post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="holdings")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["login", "post", "valid_from"], name="holding_once"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                                   name="holding_valid_period"),
        ]


class SignInFailure(models.Model):
    """A failed sign-in, kept until it no longer counts; `key` is a keyed hash of log-in name or address."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="sign_in_failure_by_key")]


class Sitting(models.Model):
    """A signed-in browser; the oldest ends where a login has too many."""

    login = models.ForeignKey("org.Login", on_delete=models.CASCADE, related_name="sittings")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
