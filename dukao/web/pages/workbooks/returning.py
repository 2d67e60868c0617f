"""A filing as a file: the sheet goes out as a workbook with what is known, and a filled one is read back into it.

What differs is shown first, and taken over by the actions that a worker's typing goes through: the same rules hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.org.rules import Actor
from dukao.sheets import actions, queries
from dukao.sheets.queries import FilingPage
from dukao.web import doors, uploads, words
from dukao.web.doors import Crumb
from dukao.web.pages.workbooks.files import RIGHT, download, opened, workplace
from dukao.web.pages.workbooks.filing_file import Difference, differences, write_template


@dataclass(frozen=True)
class WorkbookPage:
    """The filing as a file; `found` is what an uploaded one says, or None before."""

    title: str
    crumbs: tuple[Crumb, ...]
    number: str
    unit: str
    limit: str
    limit_bytes: str
    found: tuple[Difference, ...] | None = None
    file_name: str = ""
    n_same: int = 0
    refused: Refused | None = None

    def of(self, look: str) -> tuple[Difference, ...]:
        return tuple(one for one in self.found or () if one.look == look)

    @property
    def changes(self) -> tuple[Difference, ...]:
        return self.of("change") + self.of("still")

    @property
    def invalid(self) -> tuple[Difference, ...]:
        return self.of("invalid")

    @property
    def contradicting(self) -> tuple[Difference, ...]:
        return self.of("known")


@doors.takes_files("FILINGS_FILL", most="WORKBOOKS_MAX_BYTES")
@require_http_methods(["GET", "POST"])
def workbook(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """Take the sheet along as a file, and hand a filled one back: its differences are shown, nothing is changed yet."""
    actor = doors.actor_of(request)
    filing = _fillable(number, unit, actor)
    if request.method == "GET":
        return doors.render(request, "workbooks/filing.html", _page(filing))
    try:
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid(_("还没有选文件"), errors={_("文件"): _("请选择填好的表")})
        file = uploads.keep(upload, by=actor)
        try:
            found, n_same = differences(opened(file), filing)
        finally:
            file.path.unlink(missing_ok=True)  # all that it said stands on the page
    except Refused as refused:
        return doors.render(request, "workbooks/filing.html", _page(filing, refused=refused), status=refused.status)
    return doors.render(
        request, "workbooks/filing.html", _page(filing, found=found, file_name=file.name, n_same=n_same)
    )


@require_POST
def take(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """Type the chosen values, and confirm the chosen old ones."""
    actor = doors.actor_of(request)
    filing = _fillable(number, unit, actor)
    errors, n_taken, at = dict[str, str](), 0, doors.now()
    for verb, key in _chosen(request.POST):
        element, _colon, code = key.partition(":")
        place = {"dispatch": number, "unit": unit, "element": element, "period": _period(code), "by": actor, "at": at}
        try:
            if verb == "still":
                actions.confirm_answer(**place)
            else:
                actions.type_answer(**place, raw=request.POST.get(f"value:{key}", ""))
            n_taken += 1
        except Invalid as invalid:
            errors[key] = str(invalid)
    if errors:
        raise Invalid(_("有 {n} 项没填对").format(n=len(errors)), errors=errors, todo=_("其余的已经采用"))
    doors.tell(request, _("已采用 {n} 项").format(n=n_taken))
    return doors.go(request, reverse("desk.filing", args=[filing.number, filing.unit_code]))


@require_GET
def template(request: HttpRequest, number: str, unit: str) -> FileResponse:
    """The sheet as a workbook: what is known stands in it, locked; what is asked is open."""
    filing = _fillable(number, unit, doors.actor_of(request))
    with workplace() as folder:
        file = Path(folder) / "form.xlsx"
        write_template(filing, file)
        return download(file, f"{filing.title}-{filing.unit_name}-{filing.period.code}.xlsx")


def _fillable(number: str, unit: str, actor: Actor) -> FilingPage:
    """The filing, if the actor is to fill it in. Raises NotThere."""
    found = queries.filing(dispatch=number, unit=unit, viewer=actor, today=doors.today())
    if not found.may_fill or not actor.has(RIGHT):
        raise NotThere()
    return found


def _chosen(posted: Mapping[str, str]) -> list[tuple[str, str]]:
    """What stays ticked: to be typed or still right, and the cell's key."""
    ticked = (name.partition(":")[::2] for name in posted)
    return [(verb, key) for verb, key in ticked if verb in ("take", "still") and key]


def _period(code: str) -> Period:
    try:
        return Period.parse(code)
    except ValueError:
        raise NotThere() from None


def _page(
    filing: FilingPage, *, found: tuple[Difference, ...] | None = None, file_name: str = "", n_same: int = 0,
    refused: Refused | None = None,
) -> WorkbookPage:  # fmt: skip
    here = reverse("desk.filing", args=[filing.number, filing.unit_code])
    return WorkbookPage(
        title=_("用表格文件填") if found is None else _("核对文件里的值"),
        crumbs=(Crumb(filing.title, here), Crumb(_("用表格文件填"))),
        number=filing.number,
        unit=filing.unit_code,
        limit=words.size(settings.WORKBOOKS_MAX_BYTES),
        limit_bytes=str(settings.WORKBOOKS_MAX_BYTES),
        found=found,
        file_name=file_name,
        n_same=n_same,
        refused=refused,
    )
