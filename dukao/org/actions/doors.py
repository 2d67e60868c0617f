"""Coming in and going out: signing in with throttle, sittings with limits, the own password.

1. An attempt is written down before the password is looked at, under a keyed hash of the name and of the address, so
   that many attempts at once cannot outrun the count. Too many, and nobody looks at passwords for a while.
2. A wrong password, an unknown name and a disabled log-in take the same time and get the same answer.
3. A sitting belongs to a session key that the door has just made new (against fixation). It ends when idle for too
   long, when it lasts too long, when the log-in is disabled or its password changes, and when newer ones are too many.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.trail import record_event
from dukao.org.actions.people import check_password_strength
from dukao.org.models import Login, SignInFailure, Sitting
from dukao.org.queries.people import actor_of
from dukao.org.queries.sittings import is_open
from dukao.org.rules import SYSTEM, Actor

# `last_seen_at` is written at most this often, so that reading pages costs no write.
_SEEN_EVERY = timedelta(seconds=60)
_unusable: list[str] = []


class SignInRefused(Refused):
    """Name and password do not fit; which of them is wrong is not told."""

    status = 422


class TooManyAttempts(Refused):
    """The name or the address has failed too often and waits."""

    status = 429


def sign_in(*, name: str, password: str, address: str, session_key: str, at: datetime) -> Actor:
    """Let somebody in and begin a sitting under `session_key`, which the caller has just made new.

    Raises SignInRefused, TooManyAttempts. Records org.login.signed_in or org.login.sign_in_refused.
    """
    name = name.strip().lower()[:64]
    attempts = _note_attempt(name, address, at)
    login = Login.objects.filter(name=name).first()
    fits = check_password(password, login.password if login else _some_hash())
    if login is None or not fits or not login.is_active:
        if login is not None:
            with transaction.atomic():
                record_event(verb="org.login.sign_in_refused", subject=f"login:{name}", by=SYSTEM, at=at)
        raise SignInRefused(_("登录名或密码不对"), todo=_("请再试一次；忘记密码请找系统管理员"))
    with transaction.atomic():
        SignInFailure.objects.filter(id__in=attempts).delete()
        SignInFailure.objects.filter(key=_key("name", name)).delete()
        # The row lock makes two sign-ins of one log-in count each other's sittings.
        Login.objects.select_for_update().get(id=login.pk)
        _begin_sitting(login, session_key, at)
        actor = actor_of(login, on=localdate(at))
        record_event(verb="org.login.signed_in", subject=f"login:{name}", by=actor, at=at)
    return actor


def sign_out(*, session_key: str, by: Actor, at: datetime) -> None:
    """End the sitting. Records org.login.signed_out."""
    with transaction.atomic():
        if Sitting.objects.filter(session_key=session_key).delete()[0]:
            record_event(verb="org.login.signed_out", subject=f"login:{by.name}", by=by, at=at)


def touch_sitting(*, session_key: str | None, at: datetime) -> Actor | None:
    """The actor sitting behind this session key, or None where nobody (any more) does. Two SQL queries, few writes."""
    if not session_key:
        return None
    sitting = Sitting.objects.select_related("login").filter(session_key=session_key).first()
    if sitting is None:
        return None
    if not is_open(sitting, at):
        Sitting.objects.filter(id=sitting.pk).delete()
        return None
    if at - sitting.last_seen_at >= _SEEN_EVERY:
        Sitting.objects.filter(id=sitting.pk).update(last_seen_at=at)
    return actor_of(sitting.login, on=localdate(at))


def end_stale_sittings(*, at: datetime) -> int:
    """End the sittings that idled or lasted too long; answer how many. Housekeeping: leaves no event."""
    return Sitting.objects.filter(
        Q(last_seen_at__lte=at - timedelta(seconds=settings.SESSION_IDLE_SECONDS))
        | Q(began_at__lte=at - timedelta(seconds=settings.SESSION_COOKIE_AGE))
    ).delete()[0]


def change_password(*, old: str, new: str, session_key: str, by: Actor, at: datetime) -> None:
    """Change the own password; every other sitting of the log-in ends. Records org.login.password_changed."""
    if by.login_id is None:
        raise NotThere()
    with transaction.atomic():
        login = Login.objects.select_for_update().filter(id=by.login_id).first()
        if login is None:
            raise NotThere()
        if not check_password(old, login.password):
            raise Invalid(_("原密码不对"), errors={"old": _("请输入现在使用的密码")})
        if old == new:
            raise Invalid(_("新密码与原密码相同"), errors={"new": _("请换一个新密码")})
        check_password_strength(new, login)
        login.set_password(new)
        login.save(update_fields=["password"])
        Sitting.objects.filter(login=login).exclude(session_key=session_key).delete()
        record_event(verb="org.login.password_changed", subject=f"login:{by.name}", by=by, at=at)


def _note_attempt(name: str, address: str, at: datetime) -> list[int]:
    """Write the attempt down and answer the ids of its rows; refuse where name or address has failed too often."""
    since = at - timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS)
    limits = {
        _key("name", name): settings.SIGN_IN_FAILURES_ALLOWED,
        _key("address", address): settings.SIGN_IN_FAILURES_PER_ADDRESS,
    }
    SignInFailure.objects.filter(at__lt=since).delete()
    rows = [SignInFailure.objects.create(key=key, at=at) for key in limits]
    ids = [row.pk for row in rows]
    if any(SignInFailure.objects.filter(key=k, at__gte=since).count() > most for k, most in limits.items()):
        # An attempt during the wait does not make the wait longer.
        SignInFailure.objects.filter(id__in=ids).delete()
        raise TooManyAttempts(
            _("尝试次数太多，请稍后再试"),
            why=_("为防止猜密码，连续失败后要等一会儿"),
            todo=_("%(n)d 分钟后再试；忘记密码请找系统管理员") % {"n": -(-settings.SIGN_IN_LOCK_SECONDS // 60)},
        )
    return ids


def _begin_sitting(login: Login, session_key: str, at: datetime) -> None:
    Sitting.objects.filter(session_key=session_key).delete()
    Sitting.objects.create(login=login, session_key=session_key, began_at=at, last_seen_at=at)
    newest = Sitting.objects.filter(login=login).order_by("-began_at", "-id")
    kept = list(newest.values_list("id", flat=True)[: settings.SESSIONS_PER_LOGIN])
    Sitting.objects.filter(login=login).exclude(id__in=kept).delete()


def _key(kind: str, text: str) -> str:
    """A keyed hash: the table tells nobody which names and addresses were tried."""
    return hmac.new(settings.SECRET_KEY.encode(), f"sign-in:{kind}:{text}".encode(), hashlib.sha256).hexdigest()


def _some_hash() -> str:
    """A hash that no password fits, made once, so that an unknown name costs as much as a known one."""
    if not _unusable:
        _unusable.append(make_password("\0 no password"))
    return _unusable[0]


