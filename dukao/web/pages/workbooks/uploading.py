"""Where it begins: one file is to be filled in, several are compared; what takes long shows how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dukao.base.refusals import Invalid, Refused
from dukao.org.rules import Actor
from dukao.web import doors, uploads, words
from dukao.web.doors import Crumb
from dukao.web.pages.workbooks import comparing, filling
from dukao.web.pages.workbooks.files import RIGHT, n_ready, opened, waiting
from dukao.web.uploads import Waiting


@dataclass(frozen=True)
class UploadPage:
    title: str
    limit: str
    limit_bytes: str
    may_design: bool
    refused: Refused | None = None


@dataclass(frozen=True)
class ReadingPage:
    """How far the reading of the uploaded files is."""

    title: str
    crumbs: tuple[Crumb, ...]
    tickets: tuple[str, ...]
    n_files: int
    n_read: int
    told: str

    @property
    def is_done(self) -> bool:
        return self.n_read == self.n_files


@doors.takes_files(RIGHT, most="WORKBOOKS_MAX_BYTES")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Hand over a form, or a pile of them."""
    actor = doors.actor_of(request)
    actor.require_anywhere(RIGHT)
    if request.method == "GET":
        return doors.render(request, "workbooks/new.html", _page(actor))
    try:
        sent = request.FILES.getlist("file")
        if not sent:
            raise Invalid(_("还没有选文件"), errors={_("文件"): _("请选择要填的表")})
        files = [uploads.keep(upload, by=actor) for upload in sent]
    except Refused as refused:
        return _again(request, actor, refused)
    return _answer(request, actor, files)


@doors.form_on("workbooks")
@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """How far it is; once all is read, what was asked for."""
    actor = doors.actor_of(request)
    actor.require_anywhere(RIGHT)
    files = [waiting(ticket, actor) for ticket in request.POST.getlist("ticket")]
    if not files:
        raise Invalid(_("还没有选文件"))
    if getattr(request, "htmx", False):
        return doors.render(request, "workbooks/reading.html", _reading_page(files, n_ready(files)))
    return _answer(request, actor, files)


def _answer(request: HttpRequest, actor: Actor, files: Sequence[Waiting]) -> HttpResponse:
    """What was asked for, if it is there soon, else how far it is."""
    n_read = n_ready(files, patience_seconds=settings.WORKBOOKS_PATIENCE_SECONDS)
    if n_read < len(files):
        return doors.render(request, "workbooks/reading.html", _reading_page(files, n_read))
    try:
        if len(files) > 1:
            return comparing.answer(request, actor, files)
        return filling.answer(request, actor, opened(files[0]))
    except Refused as refused:
        return _again(request, actor, refused)


def _again(request: HttpRequest, actor: Actor, refused: Refused) -> HttpResponse:
    return doors.render(request, "workbooks/new.html", _page(actor, refused), status=refused.status)


def _reading_page(files: Sequence[Waiting], n_read: int) -> ReadingPage:
    if len(files) > 1:
        told = _("已读 {n} 张，共 {all} 张").format(n=n_read, all=len(files))
    else:
        told = _("正在读 {name}（{size}）").format(name=files[0].name, size=words.size(files[0].size_bytes))
    return ReadingPage(
        title=_("正在读表"),
        crumbs=(Crumb(_("表格助手"), reverse("workbooks")), Crumb(_("读表"))),
        tickets=tuple(file.ticket for file in files),
        n_files=len(files),
        n_read=n_read,
        told=told,
    )


def _page(actor: Actor, refused: Refused | None = None) -> UploadPage:
    return UploadPage(
        title=_("表格助手"),
        limit=words.size(settings.WORKBOOKS_MAX_BYTES),
        limit_bytes=str(settings.WORKBOOKS_MAX_BYTES),
        may_design=actor.has("SHEETS_DESIGN"),
        refused=refused,
    )
