"""Files between two steps of a page: uploaded, looked at, mapped, and only then delivered.

A file waits under a random name in `VAR/uploads/waiting`; the page carries a signed ticket that names it, its owner
and what the owner calls it. What nobody comes back for is swept away after a day.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, Refused
from dukao.org.rules import Actor

_SALT = "dukao.web.uploads"
KEPT_FOR = timedelta(days=1)
_NAME_LIMIT = 200
_DONE = ".done"


class UploadGone(Refused):
    """The file waited too long, or belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An uploaded file that waits for the next step; `ticket` is what the page carries."""

    path: Path
    name: str
    size_bytes: int
    ticket: str


def keep(upload: UploadedFile, *, by: Actor) -> Waiting:
    """Keep the file until the next step. Raises Invalid where it is empty."""
    name = Path(upload.name or "").name[-_NAME_LIMIT:] or _("未命名")
    size = upload.size or 0
    if size == 0:
        raise Invalid(
            _("文件是空的"), errors={name: _("0 字节")}, todo=_("请打开看看里面有没有内容，重新导出后再选文件")
        )
    sweep(at=timezone.now())
    path = _folder() / secrets.token_hex(16)
    os.link(upload.temporary_file_path(), path)  # type: ignore[attr-defined]  # a second name, not a second copy
    ticket = signing.dumps({"file": path.name, "name": name, "of": by.login_id}, salt=_SALT)
    return Waiting(path, name, size, ticket)


def waiting(ticket: str, *, by: Actor) -> Waiting:
    """The file that the ticket names. Raises UploadGone."""
    told, path = _told(ticket, by)
    if not path.is_file():
        raise UploadGone(_("上传的文件已经不在了"), why=_("上传后一天内没有继续，文件已清除"), todo=_("请重新上传"))
    return Waiting(path, told["name"], path.stat().st_size, ticket)


def drop(file: Waiting, *, became: str) -> None:
    """The file has been delivered; what it became stays known for a second click."""
    file.path.with_suffix(_DONE).write_text(became, "utf-8")
    file.path.unlink(missing_ok=True)


def became(ticket: str, *, by: Actor) -> str:
    """What the file of this ticket was delivered as; empty where it was not yet."""
    done = _told(ticket, by)[1].with_suffix(_DONE)
    return done.read_text("utf-8") if done.is_file() else ""


def sweep(*, at: datetime) -> int:
    """Remove what nobody came back for; answer how many files."""
    old = [p for p in _folder().iterdir() if datetime.fromtimestamp(p.stat().st_mtime, tz=at.tzinfo) < at - KEPT_FOR]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _told(ticket: str, by: Actor) -> tuple[dict[str, Any], Path]:
    """What the ticket says, if it is this person's and not too old, and where its file would be."""
    try:
        told: dict[str, Any] = signing.loads(ticket, salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        told = {}
    if told.get("of") != by.login_id:
        told = {}
    return told, _folder() / told.get("file", "nobody's")


def _folder() -> Path:
    folder = settings.VAR / "uploads" / "waiting"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
