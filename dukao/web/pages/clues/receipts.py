"""Public: following a clue with the receipt's code; answering what the office asks, and saying whether it is fixed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Refused
from dukao.voice.actions import clues as actions
from dukao.voice.queries import clues as queries
from dukao.voice.queries.clues import ReceiptView
from dukao.web import doors, words
from dukao.web.pages.clues import screen


@dataclass(frozen=True)
class ReceiptPage:
    title: str
    code: str = ""
    receipt: ReceiptView | None = None
    tone: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()
    thanks: str = ""
    refused: Refused | None = None
    is_synthetic: bool = False


@doors.public
@sensitive_post_parameters("code", "text")
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    title = _("看看办得怎么样")
    if request.method == "GET":
        return doors.render(request, "clues/receipt.html", ReceiptPage(title))
    code, text, do = request.POST.get("code", "")[:60], request.POST.get("text", ""), request.POST.get("do", "")
    thanks = ""
    try:
        if do == "answer":
            actions.answer_clue(code=code, text=text, at=doors.now())
            thanks = _("补充已经转给督考办")
        elif do in ("fixed", "not"):
            actions.judge_clue(code=code, is_fixed=do == "fixed", text=text, at=doors.now())
            thanks = _("谢谢，记为解决了") if do == "fixed" else _("谢谢，这件事重新办")
        page = _page(title, code, thanks)
    except Refused as refused:
        page = ReceiptPage(title, code=code, refused=refused)
        return doors.render(request, "clues/receipt.html", page, status=refused.status)
    return doors.render(request, "clues/receipt.html", page)


def _page(title: str, code: str, thanks: str) -> ReceiptPage:
    seen = queries.receipt(code=code)
    lines = (
        (_("反映的是"), seen.kind_title), (_("哪天反映"), words.day(seen.received_on)),
        (_("最晚告知"), words.day(seen.notify_by) if seen.state == "received" else ""),
        (_("最晚办结"), words.day(seen.close_by) if seen.state not in ("closed", "fixed") else ""),
        (_("结果"), seen.outcome_label if seen.state in ("closed", "fixed") or seen.outcome == "task" else ""),
    )  # fmt: skip
    return ReceiptPage(
        title=title, code=code, receipt=seen, tone=screen.TONES[seen.state],
        facts=tuple((label, told) for label, told in lines if told),
        notes=tuple(screen.note_of(note) for note in seen.notes), thanks=thanks, is_synthetic=seen.is_synthetic,
    )  # fmt: skip
