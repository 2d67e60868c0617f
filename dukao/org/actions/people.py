"""Departments, posts, log-ins, and who holds which post from when to when.

An administrator acts within the subtree of the own post, never for himself, and nobody is administrator or auditor
beside another post: who gives the rights does not see the data, and who reads the trail does not write it.
"""

from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotAllowed, NotThere, Refused
from dukao.base.trail import record_event
from dukao.org import queries
from dukao.org.models import Department, Holding, Login, Post, Role, Sitting
from dukao.org.queries.people import units_of
from dukao.org.rules import SYSTEM, Actor, may_be_held_together


class PostsDoNotMix(Refused):
    """Administrator and auditor hold no other post."""


def define_department(*, code: str, name: str, unit_code: str, by: Actor, at: datetime) -> None:
    """Set up a department of a unit, or give it another name. Records org.department.defined."""
    unit = queries.unit_by_code(unit_code)
    with transaction.atomic():
        by.require("ORG_MANAGE", unit.path)
        _check_slug("code", code, 40)
        _check_text("name", name, 80)
        stands = Department.objects.select_for_update().filter(code=code).first()
        if stands and stands.unit_id != unit.id:
            raise Invalid(_("部门代码 %(code)s 已属于另一个单位") % {"code": code}, errors={"code": _("换一个代码")})
        if stands and stands.name == name:
            return
        Department.objects.update_or_create(code=code, defaults={"name": name, "unit_id": unit.id})
        record_event(verb="org.department.defined", subject=f"department:{code}", by=by, at=at, unit_path=unit.path)


def define_post(
    *, code: str, title: str, role: str, unit_code: str, department: str | None = None, by: Actor, at: datetime
) -> None:
    """Set up a post at a unit, or give it another title. Records org.post.defined."""
    unit = queries.unit_by_code(unit_code)
    with transaction.atomic():
        by.require("ORG_MANAGE", unit.path)
        _check_slug("code", code, 64)
        _check_text("title", title, 80)
        if role not in Role.values:
            raise Invalid(_("没有“%(role)s”这种岗位") % {"role": role}, errors={"role": "、".join(Role.values)})
        office = queries.department(code=department) if department else None
        if office:
            # A post within a department reaches what the department holds: that is for its own administrator to give.
            by.require("ORG_MANAGE", office.unit_path)
        department_id = office.id if office else None
        if role == Role.DEPARTMENT and department_id is None:
            raise Invalid(_("部门数据员的岗位要写明部门"), errors={"department": _("请选择部门")})
        fixed = {"role": role, "unit_id": unit.id, "department_id": department_id}
        stands = Post.objects.select_for_update().filter(code=code).first()
        if stands and any(getattr(stands, key) != value for key, value in fixed.items()):
            raise Invalid(_("岗位代码 %(code)s 已用于另一个岗位") % {"code": code}, errors={"code": _("换一个代码")})
        if stands and stands.title == title:
            return
        Post.objects.update_or_create(code=code, defaults={"title": title, **fixed})
        record_event(
            verb="org.post.defined", subject=f"post:{code}", by=by, at=at, unit_path=unit.path, detail={"role": role}
        )


def create_login(*, name: str, display_name: str, password: str, by: Actor, at: datetime) -> None:
    """Create a log-in (its name in lower case) that holds no post yet. Records org.login.created.

    Until it does, administrators over the maker's unit answer for it, and nobody else sees it.
    """
    by.require_anywhere("ORG_MANAGE")
    name = name.strip().lower()
    _check_slug("name", name, 64)
    _check_text("display_name", display_name, 40)
    highest = min(by.standings_with("ORG_MANAGE"), key=lambda standing: len(standing.unit_path), default=None)
    login = Login(name=name, display_name=display_name, home_id=highest.unit_id if highest else None)
    check_password_strength(password, login)
    login.set_password(password)
    with transaction.atomic():
        # The house itself stands in the trail under its own name.
        if name == SYSTEM.name or Login.objects.filter(name=name).exists():
            raise Invalid(_("登录名 %(name)s 已被使用") % {"name": name}, errors={"name": _("换一个登录名")})
        login.save(force_insert=True)
        record_event(verb="org.login.created", subject=f"login:{name}", by=by, at=at)


def assign_post(
    *, login: str, post: str, valid_from: date, valid_to: date | None = None, by: Actor, at: datetime
) -> None:
    """Give a log-in a post from a day on, half-open. The same again changes nothing. Records org.post.assigned."""
    with transaction.atomic():
        who = _known_login(login, by)
        what = Post.objects.select_related("unit").filter(code=post).first()
        if what is None or not by.may("ORG_MANAGE", what.unit.path):
            raise NotThere(_("没有代码为 %(post)s 的岗位") % {"post": post})
        if who.pk == by.login_id:
            raise NotAllowed(_("不能给自己安排岗位"), todo=_("请另一位系统管理员办理"))
        if valid_to is not None and valid_to <= valid_from:
            raise Invalid(_("止期要晚于起期"), errors={"valid_to": _("至少晚一天")})
        _refuse_mixing(who, what, valid_from, valid_to)
        held, is_new = Holding.objects.get_or_create(
            login=who, post=what, valid_from=valid_from, defaults={"valid_to": valid_to}
        )
        if not is_new and held.valid_to == valid_to:
            return
        held.valid_to = valid_to
        held.save(update_fields=["valid_to"])
        record_event(
            verb="org.post.assigned",
            subject=f"login:{login}",
            by=by,
            at=at,
            unit_path=what.unit.path,
            detail={"post": post, "from": valid_from.isoformat(), "to": valid_to and valid_to.isoformat()},
        )


def end_holding(*, login: str, post: str, valid_to: date, by: Actor, at: datetime) -> None:
    """End a post that a log-in holds; history stays. Records org.post.ended."""
    with transaction.atomic():
        who = _locked_login(login)
        held = (
            Holding.objects.select_related("post__unit")
            .filter(Q(valid_to=None) | Q(valid_to__gt=valid_to), login=who, post__code=post, valid_from__lt=valid_to)
            .first()
        )
        if held is None:
            raise NotThere()
        path = held.post.unit.path
        by.require("ORG_MANAGE", path)
        held.valid_to = valid_to
        held.save(update_fields=["valid_to"])
        record_event(
            verb="org.post.ended",
            subject=f"login:{login}",
            by=by,
            at=at,
            unit_path=path,
            detail={"post": post, "to": valid_to.isoformat()},
        )


def disable_login(*, login: str, by: Actor, at: datetime) -> None:
    """Close a log-in and end its sittings at once. Records org.login.disabled."""
    with transaction.atomic():
        who = _managed_login(login, by)
        if not who.is_active:
            return
        who.is_active = False
        who.save(update_fields=["is_active"])
        Sitting.objects.filter(login=who).delete()
        record_event(verb="org.login.disabled", subject=f"login:{login}", by=by, at=at)


def enable_login(*, login: str, by: Actor, at: datetime) -> None:
    """Open a disabled log-in again. Records org.login.enabled."""
    with transaction.atomic():
        who = _managed_login(login, by)
        if who.is_active:
            return
        who.is_active = True
        who.save(update_fields=["is_active"])
        record_event(verb="org.login.enabled", subject=f"login:{login}", by=by, at=at)


def reset_password(*, login: str, password: str, by: Actor, at: datetime) -> None:
    """Give a log-in another password and end its sittings. Records org.login.password_reset."""
    with transaction.atomic():
        who = _managed_login(login, by)
        check_password_strength(password, who)
        who.set_password(password)
        who.save(update_fields=["password"])
        Sitting.objects.filter(login=who).delete()
        record_event(verb="org.login.password_reset", subject=f"login:{login}", by=by, at=at)


def set_preferences(*, large_type: bool, language: str, by: Actor, at: datetime) -> None:
    """Keep how somebody likes the pages. Records org.login.preferences_set."""
    if by.login_id is None:
        raise NotThere()
    with transaction.atomic():
        if not Login.objects.filter(id=by.login_id).update(large_type=large_type, language=language[:8]):
            raise NotThere()
        record_event(verb="org.login.preferences_set", subject=f"login:{by.name}", by=by, at=at)


def _locked_login(name: str) -> Login:
    login = Login.objects.select_for_update().filter(name=name).first()
    if login is None:
        raise _no_such_login(name)
    return login


def _no_such_login(name: str) -> NotThere:
    """The one answer for “not there” and “not yours”."""
    return NotThere(_("没有登录名 %(name)s") % {"name": name})


def _known_login(name: str, by: Actor) -> Login:
    """The log-in, where the actor administers a unit that answers for it."""
    login = _locked_login(name)
    if not by.is_system and not any(by.may("ORG_MANAGE", path) for path in units_of(login)):
        raise _no_such_login(name)
    return login


def _managed_login(name: str, by: Actor) -> Login:
    """The log-in, where the actor administers every unit that answers for it, and it is not the own one."""
    by.require_anywhere("ORG_MANAGE")
    login = _locked_login(name)
    if not all(by.may("ORG_MANAGE", path) for path in units_of(login)):
        raise _no_such_login(name)
    if login.pk == by.login_id:
        raise NotAllowed(_("不能这样处理自己的登录名"), todo=_("请另一位系统管理员办理"))
    return login


def _refuse_mixing(who: Login, what: Post, valid_from: date, valid_to: date | None) -> None:
    overlapping = Holding.objects.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from), login=who)
    if valid_to is not None:
        overlapping = overlapping.filter(valid_from__lt=valid_to)
    roles = {*overlapping.values_list("post__role", flat=True), what.role}
    if not may_be_held_together(roles):
        raise PostsDoNotMix(
            _("系统管理员、审计员不能兼任其他岗位"),
            why=_("管权限的人不看业务数据，查记录的人不办业务"),
            todo=_("另建一个登录名，或先结束原来的岗位"),
            source="GB/T 22239-2019 8.1.4.2",
        )


def check_password_strength(password: str, login: Login) -> None:
    try:
        validate_password(password, login)
    except ValidationError as wrong:
        raise Invalid(_("密码不够安全"), errors={"password": "；".join(wrong.messages)}) from None


def _check_slug(place: str, text: str, longest: int) -> None:
    if not text.strip():
        raise Invalid(_("还没有填写"), errors={place: _("请填写")})
    try:
        validate_slug(text)
    except ValidationError:
        raise Invalid(
            _("“%(text)s”只能用英文字母、数字、连字符和下划线") % {"text": text},
            errors={place: _("只用英文字母、数字、- 和 _")},
        ) from None
    if len(text) > longest:
        raise Invalid(_("“%(text)s”太长") % {"text": text}, errors={place: _("最多 %(n)d 个字符") % {"n": longest}})


def _check_text(place: str, text: str, longest: int) -> None:
    if not text.strip() or len(text) > longest:
        raise Invalid(_("名称要有 1 到 %(n)d 个字") % {"n": longest}, errors={place: _("请填写")})
