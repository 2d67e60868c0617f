"""What people type behind a command, made into what it means; a mistake is refused with how it is written."""

from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid


def period_given(code: str) -> Period:
    """The period of `--period`. Raises Invalid."""
    try:
        return Period.parse(code)
    except ValueError:
        told = _("“{text}”不是时期").format(text=code)
        raise Invalid(told, errors={"--period": _("请写成 2026、2026Q3、2026-07 或 2026-07-15")}) from None


def day_given(text: str) -> date:
    """A day as it is typed. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("“{text}”不是日期").format(text=text), todo=_("写成 2026-10-20")) from None


def file_given(path: Path) -> Path:
    """The path of a file that is there. Raises Invalid."""
    if not path.is_file():
        raise Invalid(_("没有文件 {file}").format(file=path), errors={"file": _("请检查路径")})
    return path
