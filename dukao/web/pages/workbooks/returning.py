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

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.spoken import spoken
from dukao.org.rules import Actor
from dukao.sheets import actions, queries
from dukao.sheets.queries import FilingPage, Returned
from dukao.web import doors, uploads, words
from dukao.web.doors import Crumb
from dukao.web.pages.filings import screen as cells
from dukao.web.pages.workbooks.files import RIGHT, download, workplace
from dukao.web.pages.workbooks.filing_file import DifferenceLine, lines_of, write_template
from dukao.workbooks.reading import read_workbook


@dataclass(frozen=True)
class WorkbookPage:
    """The filing as a file; `found` is what an uploaded one says, or None before."""

    title: str
    crumbs: tuple[Crumb, ...]
    number: str
    unit: str
    limit: str
    limit_bytes: str
    found: tuple[DifferenceLine, ...] | None = None
    file_name: str = ""
    n_same: int = 0
    doubts: tuple[str, ...] = ()
    refused: Refused | None = None

    @property
    def changes(self) -> tuple[DifferenceLine, ...]:
        return self._of("change") + self._of("still")

    @property
    def invalid(self) -> tuple[DifferenceLine, ...]:
        return self._of("invalid")

    @property
    def contradicting(self) -> tuple[DifferenceLine, ...]:
        return self._of("known")

    def _of(self, look: str) -> tuple[DifferenceLine, ...]:
        return tuple(one for one in self.found or () if one.look == look)


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
            book = read_workbook(file.path, name=file.name)
            found = queries.returned_workbook(filing=filing, workbook=book, file=file.path)
        finally:
            file.path.unlink(missing_ok=True)  # all that it said stands on the page
    except Refused as refused:
        return doors.render(request, "workbooks/filing.html", _page(filing, refused=refused), status=refused.status)
    page = _page(filing, found=found, file_name=file.name, doubts=(*map(spoken, book.doubts), *found.doubts))
    return doors.render(request, "workbooks/filing.html", page)


@require_POST
def take(request: HttpRequest, number: str, unit: str) -> HttpResponse:
    """Type the chosen values, and confirm the chosen old ones."""
    actor = doors.actor_of(request)
    filing = _fillable(number, unit, actor)
    chosen = _chosen(request.POST)
    done = actions.take_over(
        dispatch=number, unit=unit,
        typed={key: request.POST.get(f"value:{key}", "") for verb, key in chosen if verb == "take"},
        confirmed=[key for verb, key in chosen if verb == "still"], by=actor, at=doors.now(),
    )  # fmt: skip
    if done.errors:
        labels = {cell.key: cells.cell_label(question, cell) for _section, question, cell in cells.cells(filing)}
        raise Invalid(
            _("有 {n} 项没有采用").format(n=len(done.errors)),
            errors={labels.get(key, key): why for key, why in done.errors.items()},
            todo=_("其余的已经采用") if done.n_taken else "",
        )
    doors.tell(request, _("已采用 {n} 项").format(n=done.n_taken))
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


def _page(
    filing: FilingPage, *, found: Returned | None = None, file_name: str = "", doubts: tuple[str, ...] = (),
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
        found=None if found is None else lines_of(found.differences, filing),
        file_name=file_name,
        n_same=found.n_same if found else 0,
        doubts=doubts,
        refused=refused,
    )
