"""Public: whoever raised a matter says with a slip's code whether it is fixed. No account, nothing else asked."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Refused
from dukao.tasks import actions
from dukao.web import doors

_ANSWERS = {"fixed": True, "not": False}


@dataclass(frozen=True)
class ConfirmPage:
    title: str
    code: str = ""
    thanks: str = ""
    refused: Refused | None = None


@doors.public
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    title = _("解决了没有")
    if request.method == "GET":
        return doors.render(request, "tasks/confirm.html", ConfirmPage(title))
    code, answer = request.POST.get("code", "")[:60], request.POST.get("answer", "")
    if answer not in _ANSWERS:
        return doors.render(request, "tasks/confirm.html", ConfirmPage(title, code))
    try:
        actions.answer_with_code(
            code=code, is_fixed=_ANSWERS[answer], text=request.POST.get("text", ""), at=doors.now()
        )  # fmt: skip
    except Refused as refused:
        return doors.render(request, "tasks/confirm.html", ConfirmPage(title, code, refused=refused),
                            status=refused.status)  # fmt: skip
    thanks = (
        _("谢谢。这件事记为解决了。") if _ANSWERS[answer] else _("谢谢。这件事重新办，办好了再请您看；纸条请留着。")
    )
    return doors.render(request, "tasks/confirm.html", ConfirmPage(title, thanks=thanks))
