"""Public: telling a clue. No account, no cookie beyond the form's token, no address, no file.

No pictures are taken: a picture tells where, when, by which telephone and often by whose hand; words are enough to
start, and checking them is the office's work.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dukao.base.floods import Hourly
from dukao.base.refusals import Invalid, Refused
from dukao.base.slips import code_text
from dukao.base.wording import in_english, joined
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import SYSTEM
from dukao.voice.actions import clues as actions
from dukao.voice.queries import clues as queries
from dukao.voice.rules.masking import KINDS, masked
from dukao.web import doors, words
from dukao.web.pages.sign_in import address_of

SENT = Hourly()
_COUNTY, _TOWN = 3, 4


class TooMany(Refused):
    """So much was sent in this hour that the rest has to wait."""

    status = 429


@dataclass(frozen=True, slots=True)
class Group:
    """Choices that stand together: (code, title)."""

    title: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TellPage:
    title: str
    kinds: tuple[Group, ...]
    places: tuple[Group, ...]
    departments: tuple[tuple[str, str], ...]
    elsewhere: tuple[tuple[str, str], ...]
    typed: dict[str, str]
    again: str = ""  # what gives the writer away, in words
    covered: str = ""
    hints: tuple[str, ...] = ()
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@dataclass(frozen=True)
class ToldPage:
    """The receipt, shown once."""

    title: str
    number: str
    code: str
    notify_by: str
    close_by: str
    address: str


@doors.public
@sensitive_post_parameters("text", "contact")
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return doors.render(request, "clues/tell.html", _page({}))
    given = {key: str(value) for key, value in request.POST.dict().items()}
    if given.get("do") == "cover":
        given["text"] = masked(given.get("text", ""))[0]
    try:
        receipt = _sent(request, given)
    except actions.LookAgain as look:
        kinds = joined(_(KINDS[kind]) for kind in look.kinds)
        hints = tuple(one.where_en if in_english() else one.where for one in look.elsewhere)
        page = _page(given, again=kinds, covered=look.covered if look.kinds else "", hints=hints)
        return doors.render(request, "clues/tell.html", page, status=look.status)
    except Refused as refused:
        return doors.render(request, "clues/tell.html", _page(given, refused=refused), status=refused.status)
    page_told = ToldPage(
        _("收到了，请抄下回执码"), receipt.number, code_text(receipt.code), words.day(receipt.notify_by),
        words.day(receipt.close_by), request.build_absolute_uri(reverse("clues.receipt")),
    )  # fmt: skip
    return doors.render(request, "clues/told.html", page_told)


def _sent(request: HttpRequest, given: dict[str, str]) -> actions.Receipt:
    limits, place = law.rule("CLU-1", doors.today()).parameters, given.get("place", "")[:12]
    kind, _colon, code = given.get("about", "").partition(":")
    if kind not in ("", "department", "here", "office"):
        raise Invalid(_("还差一点"), errors={"about": _("请从列表里选")})
    most = {
        ("address", address_of(request)): limits["sent_most_per_hour"], ("all",): limits["sent_most_per_hour_in_all"]
    }  # fmt: skip
    take_back = SENT.put(most, hour=int(doors.now().timestamp() // 3600))
    if take_back is None:
        raise TooMany(_("这一小时送得太多了"), todo=_("没有收下，请过一小时再来；写好的话请先抄下来"))
    try:
        return actions.tell_clue(
            kind=given.get("kind", ""), text=given.get("text", ""), place=place,
            department=code if kind == "department" else "", accused_unit=place if kind == "here" else "",
            is_office_accused=kind == "office", is_reprisal=given.get("reprisal") == "yes",
            contact=given.get("contact", ""), is_looked_at=given.get("do") in ("cover", "as_it_is"), at=doors.now(),
        )  # fmt: skip
    except BaseException:
        # Whoever corrects a form is no flood.
        take_back()
        raise


def _page(typed: dict[str, str], **more: object) -> TellPage:
    kinds = queries.kinds()
    titles = (("digital", _("手机、应用、工作群里的")), ("burden", _("其他负担")))
    departments = (
        ("", _("说不准，或不涉及具体部门")), ("here:", _("就是上面选的县（区）或乡镇")),
        *((f"department:{one.code}", one.name) for one in org.departments(viewer=SYSTEM)),
        ("office:", _("督考办自己")),
    )  # fmt: skip
    return TellPage(
        title=_("问题直通车"),
        kinds=tuple(
            Group(title, tuple((k.code, queries.kind_title(k.code)) for k in kinds if k.group == group))
            for group, title in titles
        ),
        places=_places(), departments=departments,
        elsewhere=tuple(
            (one.title_en, one.where_en) if in_english() else (one.title, one.where) for one in queries.elsewhere()
        ),
        typed=typed, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _places() -> tuple[Group, ...]:
    """Counties with their towns; nothing nearer, where so few people work that a place names them."""
    roots = org.root_units()
    if not roots:
        return ()
    towns = org.units_below(path=roots[0].path, level=_TOWN)
    found = []
    for county in org.units_below(path=roots[0].path, level=_COUNTY):
        below = tuple((town.code, town.short_name) for town in towns if town.path.startswith(county.path))
        whole = _("{name}（全区、说不准）") if county.name.endswith("区") else _("{name}（全县、说不准）")
        found.append(Group(county.name, ((county.code, whole.format(name=county.name)), *below)))
    return tuple(found)
