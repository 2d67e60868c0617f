"""Where it begins: one file is to be filled in, several are compared."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Invalid, Refused
from dukao.org.rules import Actor
from dukao.web import doors, uploads, words
from dukao.web.pages.workbooks import comparing, filling
from dukao.web.pages.workbooks.files import RIGHT, opened


@dataclass(frozen=True)
class UploadPage:
    title: str
    limit: str
    limit_bytes: str
    may_design: bool
    refused: Refused | None = None


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
        if len(files) > 1:
            return comparing.answer(request, actor, files)
        return filling.answer(request, actor, opened(files[0]))
    except Refused as refused:
        return doors.render(request, "workbooks/new.html", _page(actor, refused), status=refused.status)


def _page(actor: Actor, refused: Refused | None = None) -> UploadPage:
    return UploadPage(
        title=_("表格助手"),
        limit=words.size(settings.WORKBOOKS_MAX_BYTES),
        limit_bytes=str(settings.WORKBOOKS_MAX_BYTES),
        may_design=actor.has("SHEETS_DESIGN"),
        refused=refused,
    )
