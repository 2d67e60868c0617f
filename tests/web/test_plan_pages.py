"""Pages of the yearly plan: what each side sees, what the form makes of what is typed, the year as a picture."""

from datetime import date

import pytest
from django.urls import reverse

from dukao.base.refusals import Invalid
from dukao.gate import actions
from dukao.web.item_form import ItemDraft, definition_in, draft_of
from dukao.web.timeline import Span, busiest_month, timeline
from tests.conftest import AT
from tests.gate.plan_items import approve, definition, propose, publish, published_item

WRITTEN = ItemDraft(
    title="秸秆禁烧检查", topic="straw_burning", basis="模拟3号", purpose="看", scope="990100000000", level="village",
    starts_on="2026-10-12", ends_on="2026-12-18", visits="2",
)  # fmt: skip


@pytest.fixture
def city(city, on_the_day):
    return city


def _read(draft: ItemDraft, elements=(), units=()):
    found = {name: list(them) for name, them in units}
    return definition_in(draft, elements=dict(elements), find_units=lambda name: found.get(name, []))


def test_the_form_reads_lines(city):
    from dukao.org.queries import units_below

    villages = {unit.name: [unit] for unit in units_below(path=city.path["富水市"], level=5)}
    draft = ItemDraft(**{
        **{name: getattr(WRITTEN, name) for name in WRITTEN.__slots__}, "visits": "",
        "targets": "一村\n990101001202 二村 ×2\n三村*3\n", "questions": "烧了多少\n\n谁烧的〔fires〕",
        "criteria": "没有火点",
    })  # fmt: skip
    read = _read(draft, units=villages.items())
    assert [(t.unit, t.visits) for t in read.targets] == [
        (city.code["一村"], 1), (city.code["二村"], 2), (city.code["三村"], 3),
    ]  # fmt: skip
    assert [(q.text, q.element) for q in read.questions] == [("烧了多少", ""), ("谁烧的", "fires")]
    again = _read(draft_of(read, {city.code["一村"]: "一村"}), units=villages.items())
    assert again == read.model_copy(update={"visits": read.visits_most})


@pytest.mark.parametrize(("changes", "field"), [
    ({"title": ""}, "title"), ({"topic": "nothing"}, "topic"), ({"starts_on": ""}, "starts_on"),
    ({"starts_on": "昨天"}, "starts_on"), ({"visits": "很多"}, "visits"), ({"visits": ""}, "visits"),
    ({"visits": "9" * 5000}, "visits"),
    ({"targets": "天涯村"}, "targets"), ({"minutes_per_visit": "半天"}, "minutes_per_visit"), ({"scope": ""}, "scope"),
])  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(changes, field):
    given = {name: getattr(WRITTEN, name) for name in WRITTEN.__slots__}
    with pytest.raises(Invalid) as invalid:
        _read(ItemDraft(**given | changes))
    assert field in invalid.value.errors


def test_rules_speak_while_somebody_writes(city, as_):
    propose(city)
    form = {
        "do": "judge", "year": "2026", "department": "tax", "title": "秸秆禁烧检查（二）", "topic": "straw_burning",
        "kind": "special", "method": "check", "basis": "模拟4号", "purpose": "看", "scope": city.code["东县"],
        "level": "village", "targets": "一村", "starts_on": "2026-11-02", "ends_on": "2026-11-06",
        "minutes_per_visit": "60", "criteria": "有工作照片",
    }  # fmt: skip
    from dukao.gate.models import PlanItem, Refusal

    page = as_("tara").post("/plan/new/", form).content.decode()
    assert "像是把一件事拆成了几项" in page
    assert "看实绩，不看留下的痕迹" in page
    assert reverse("plan.item", args=["JH2026-0001"]) in page
    region = as_("tara").post(
        "/plan/new/", form | {"targets": "天涯村"}, HTTP_HX_REQUEST="true", HTTP_HX_REQUEST_TYPE="partial",
        HTTP_HX_TARGET="section#findings",
    ).content.decode()  # fmt: skip
    assert region.lstrip().startswith('<section id="findings"')
    assert "范围内没有“天涯村”" in region
    assert (PlanItem.objects.count(), Refusal.objects.count()) == (1, 0)
    refused = as_("tara").post("/plan/new/", form | {"do": "save"})
    assert "没有保存：有 2 条规则不允许" in refused.content.decode()
    assert refused.status_code == 409
    assert (PlanItem.objects.count(), Refusal.objects.count()) == (1, 1)


def test_a_village_sees_who_comes_and_not_who_is_booked(city, as_):
    number = published_item(city)
    page = as_("alice").get("/plan/").content.decode()
    assert "一村 · 2026 年谁会来" in page
    assert "秸秆禁烧专项督查" in page
    item = as_("alice").get(f"/plan/items/{number}/").content.decode()
    assert "已预约" not in item
    whole = as_("alice").get("/plan/all/").content.decode()
    assert "已预约" in as_("sam").get("/plan/all/").content.decode()
    assert "最多" in whole
    assert "还剩 = 最多" not in whole


def test_the_figures_name_what_is_outside_the_plan(city, as_):
    from dukao.gate.models import PlanItem

    published_item(city)
    assert "另有一事一报和应急" not in as_("sam").get("/plan/").content.decode()
    [one] = PlanItem.objects.all()
    one.pk, one.number, one.origin, one.visits_most = None, "YJ2026-0001", "emergency", 4
    one.save()
    page = as_("sam").get("/plan/").content.decode()
    assert "督查计划（2 项）" in page
    assert "另有一事一报和应急 1 项" in page
    assert "另有一事一报和应急 4 次" in page


def test_an_unannounced_item_reads_the_same_in_every_village(city, as_):
    published_item(city, method="unannounced")
    told = []
    for name in ("一村", "三村"):
        page = as_("sam").get(f"/plan/coming/{city.code[name]}/").content.decode().replace(city.code[name], "")
        told.append(page.partition("<main")[2].partition("</main>")[0].replace(name, ""))
    assert told[0] == told[1]
    assert "秸秆禁烧专项督查" in told[0]
    seen = as_("alice").get("/plan/items/JH2026-0001/").content.decode()
    assert "不预告去哪里" in seen
    assert "二村" not in seen


def test_the_plan_goes_out_as_a_workbook(city, as_):
    published_item(city)
    for name in ("tara", "alice"):
        answer = as_(name).get("/plan/all/?export=items.xlsx")
        assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    text = as_("alice").get("/plan/all/?export=items.csv").content.decode("utf-8-sig")
    assert "秸秆禁烧专项督查" in text
    assert "模拟数据" in text
    assert as_("alice").get("/plan/?export=coming.csv").status_code == 200


def test_a_former_version_is_readable(city, as_):
    number = published_item(city)
    actions.amend_item(
        number=number, definition=definition(city, targets=[city.code["一村"]]), reason="只剩一村",
        by=city.actor["sam"], at=AT,
    )  # fmt: skip
    page = as_("alice").get(f"/plan/items/{number}/?version=1").content.decode()
    assert "这是以前的一版" in page
    assert as_("alice").get(f"/plan/items/{number}/?version=9").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_takes_as_many_queries_for_one_item_as_for_three(city, as_, rows, django_assert_max_num_queries):
    topics = [("straw_burning", "秸秆禁烧督查"), ("grain", "储备粮督查"), ("flood", "汛前准备检查")]
    for topic, title in topics[:rows]:
        propose(city, topic=topic, title=title, purpose="看")
    client = as_("sam")
    client.get("/plan/desk/")
    with django_assert_max_num_queries(60) as asked:
        assert client.get("/plan/desk/").status_code == 200
    _QUERIES.setdefault("desk", len(asked))
    assert len(asked) == _QUERIES["desk"]


_QUERIES: dict[str, int] = {}


def test_settling_says_what_is_left(city, as_):
    number = propose(city)
    form = {"year": "2026", "unit": city.code["富水市"]}
    refused = as_("sam").post("/plan/desk/freezing/", form)
    assert refused.status_code == 409
    assert "还有 1 项没有决定" in refused.content.decode()
    approve(city, number)
    publish(city)
    assert as_("sam").get("/plan/desk/").content.decode().count("公布给各单位") == 0


def test_the_year_as_a_picture():
    spans = [
        Span("甲", "一", date(2026, 1, 1), date(2026, 3, 31)), Span("甲", "二", date(2026, 3, 31), date(2026, 4, 30)),
        Span("乙", "三", date(2026, 12, 31), date(2026, 12, 31)),
    ]  # fmt: skip
    drawn = timeline(2026, spans, message="", twin="t", today=date(2026, 7, 2))
    assert [lane.label for lane in drawn.lanes] == ["甲", "乙"]
    first, second, third = drawn.bars
    assert first.y < second.y, "what meets in one lane lies below each other"
    assert (float(first.x), float(first.width)) == (190.0, pytest.approx(810 * 90 / 365, abs=0.1))
    assert float(third.width) == 3, "a single day can be seen"
    assert 590 < float(drawn.today) < 600
    assert timeline(2025, spans, message="", twin="t", today=date(2026, 7, 2)).today == ""
    assert busiest_month(spans, 2026) == (3, 2)
    assert busiest_month([], 2026) == (0, 0)


def test_an_amendment_is_told_what_it_widens(city, as_):
    number = published_item(city)
    form = {
        "do": "judge", "title": "秸秆禁烧专项督查", "topic": "straw_burning", "kind": "special", "method": "check",
        "basis": "富政发〔2026〕模拟3号", "purpose": "看", "scope": city.code["东县"], "level": "village",
        "targets": "一村\n二村\n三村 ×2", "starts_on": "2026-10-12", "ends_on": "2026-12-18", "minutes_per_visit": "90",
    }  # fmt: skip
    told = {name: as_(name).post(f"/plan/items/{number}/amendment/", form).content.decode() for name in ("tara", "sam")}
    assert all("多了 1 次" in page for page in told.values())
    assert "不能这样报" in told["tara"]
    assert "不能这样报" not in told["sam"], "the office may, and says why"


def test_desks_say_what_waits(city, as_):
    number = propose(city, year=2027, starts_on="2027-03-01", ends_on="2027-03-12")
    assert "2027 年计划待审 1 项" in as_("sam").get("/supervision/").content.decode()
    actions.refuse_item(number=number, reason="去年刚查过", by=city.actor["sam"], at=AT)
    told = "督查事项“秸秆禁烧专项督查”没有通过：去年刚查过"
    assert told in as_("tara").get("/department/").content.decode()
    assert told not in as_("dora").get("/department/").content.decode()
    assert "计划待审" not in as_("sam").get("/supervision/").content.decode()


@pytest.mark.parametrize("year", ["0000", "9999", "١٩٩٩", "9" * 5000])
def test_a_year_that_cannot_be_is_this_one(city, as_, year):
    for address in ("/plan/", "/plan/all/", "/plan/desk/", "/plan/exceptions/", "/joint/", "/statistics/", "/radar/"):
        assert as_("sam").get(address, {"year": year}).status_code == 200, address
