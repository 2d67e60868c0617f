"""Documents: drafted, assessed, issued through the gate and counted; what is refused, and who may know."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.actions import Paper, Superior
from dukao.gate.models import Band, Baseline, BurdenEntry, Demand, Document, Quota, Refusal
from tests.conftest import AT, ON

_ASSESSED = {"minutes": 30, "forms": 0, "meetings": 0, "reports": 0}
_TEXT = "请各村检查水渠，清除淤泥，备好沙袋和水泵，安排专人值守，遇到险情先转移群众。"


@pytest.fixture
def desk(city):
    return Desk(city)


class Desk:
    """What departments do with documents, in few words."""

    def __init__(self, city) -> None:
        self.city = city

    def paper(self, **changes) -> Paper:
        given = {"title": "关于做好防汛准备的通知", "channel": "red_head", "kind": "general", "target_level": 5,
                 "scope_unit": self.city.code["富水市"], "basis": "2026年发文计划第3项", "text": _TEXT}  # fmt: skip
        return Paper(**given | changes)

    def draft(self, *, who="dora", department="statistics", at=AT, **changes) -> str:
        return actions.draft_document(department=department, paper=self.paper(**changes), by=self.actor(who), at=at)

    def assess(self, number, *, who="dora", at=AT, due_on=None, **changes) -> None:
        due_on = due_on or at.date() + timedelta(days=8)
        actions.assess_document(number=number, **_ASSESSED | changes, due_on=due_on, by=self.actor(who), at=at)

    def issue(self, number, *, who="dora", at=AT):
        return actions.issue_document(number=number, by=self.actor(who), at=at)

    def send(self, *, who="dora", department="statistics", at=AT, **changes):
        number = self.draft(who=who, department=department, at=at, **changes)
        self.assess(number, who=who, at=at)
        return self.issue(number, who=who, at=at)

    def see(self, number, who="dora"):
        return queries.document(number=number, viewer=self.actor(who), today=ON)

    def actor(self, who):
        return self.city.actor[who]


def test_from_draft_to_the_ledger(desk):
    number = desk.draft()
    assert number == "WJ2026-0001"
    seen = desk.see(number)
    assert (seen.line.state, seen.line.characters, seen.line.pages) == ("draft", 38, 1)
    assert [finding.rule for finding in seen.findings] == ["DOC-6"]
    desk.assess(number)
    issued = desk.issue(number)
    # Six villages: one page of three minutes, and thirty to do what it says.
    assert (issued.demand, issued.unit_count, issued.minutes_hundredths) == ("XQ2026-0001", 6, 6 * 3300)
    demand = queries.demand(number=issued.demand, viewer=desk.actor("sam"))
    assert (demand.kind, demand.basis, demand.due_on) == ("document", "2026年发文计划第3项", ON + timedelta(days=8))
    entries = BurdenEntry.objects.filter(demand__number=issued.demand)
    assert {entry.minutes_hundredths for entry in entries} == {3300}
    assert entries.count() == 6
    assert [event.verb.removeprefix("gate.document.") for event in Event.objects.filter(subject=f"document:{number}")
            ] == ["drafted", "assessed", "issued"]  # fmt: skip
    assert desk.issue(number) == issued  # twice is once
    assert Demand.objects.count() == 1


@pytest.mark.parametrize(("changes", "place"), [
    ({"title": " "}, "title"), ({"title": "长" * 201}, "title"), ({"basis": ""}, "basis"), ({"text": ""}, "text"),
    ({"text": "附件：\n名单"}, "text"), ({"text": "字" * 200_001}, "text"), ({"channel": "post"}, "channel"),
    ({"kind": "law"}, "kind"), ({"target_level": 1}, "target_level"),
    ({"document_number": "文" * 61}, "document_number"),
    ({"superior": Superior(number="WJ2026-0404")}, "superior_number"),
])  # fmt: skip
def test_a_paper_that_does_not_say_what_it_must(desk, changes, place):
    with pytest.raises(Invalid) as refused:
        desk.draft(**changes)
    assert place in refused.value.errors
    assert not Document.objects.exists()


@pytest.mark.parametrize("changes", [
    {"minutes": -1}, {"minutes": 10_001}, {"forms": 101}, {"reports": -1}, {"due_on": ON - timedelta(days=1)},
])  # fmt: skip
def test_an_assessment_that_cannot_be(desk, changes):
    number = desk.draft()
    with pytest.raises(Invalid):
        desk.assess(number, **changes)


def test_not_assessed_is_not_issued_and_the_attempt_is_on_record(desk):
    number = desk.draft()
    with pytest.raises(actions.DocumentRefused) as refused:
        desk.issue(number)
    assert refused.value.rule == "DOC-6"
    assert "《整治形式主义为基层减负若干规定》" in refused.value.source
    attempt = Refusal.objects.get()
    assert (attempt.kind, [reason["rule"] for reason in attempt.reasons]) == ("document", ["DOC-6"])
    assert not Demand.objects.exists()
    assert desk.see(number).line.state == "draft"


def test_too_long_needs_a_reason_and_is_flagged(desk):
    number = desk.draft(text="字" * 5_001)
    desk.assess(number)
    with pytest.raises(actions.DocumentRefused) as refused:
        desk.issue(number)
    assert refused.value.rule == "DOC-1"
    with pytest.raises(Invalid):
        actions.explain_document(number=number, excuse=" ", by=desk.actor("dora"), at=AT)
    actions.explain_document(number=number, excuse="法规全文，不能删", by=desk.actor("dora"), at=AT)
    assert desk.issue(number).flags == 1
    seen = desk.see(number)
    assert [(finding.rule, finding.sign, str(finding.what)) for finding in seen.findings] == [
        ("DOC-1", "long", "正文 5,001 字，超过 5,000 字")
    ]  # fmt: skip
    assert seen.excuse == "法规全文，不能删"


def test_a_new_text_needs_a_new_assessment(desk):
    number = desk.draft()
    desk.assess(number)
    change = {"number": number, "by": desk.actor("dora"), "at": AT}
    actions.change_draft(paper=desk.paper(title="关于防汛的通知"), **change)
    assert desk.see(number).assessment.minutes == 30
    actions.change_draft(paper=desk.paper(text=_TEXT + "另附名单。"), **change)
    assert desk.see(number).assessment.minutes is None


def _last_year(desk, count: int) -> None:
    Baseline.objects.create(
        unit_id=desk.city.unit["富水市"], department_id=desk.city.department["statistics"], kind="document", year=2025,
        count=count, source="发文登记簿", is_synthetic=True,
    )  # fmt: skip


def test_one_more_than_last_year_needs_a_reason_and_the_office(desk):
    _last_year(desk, 2)
    for subject in ("春耕", "森林防火"):
        desk.send(title=f"关于{subject}的通知", text=f"{subject}事项已安排。")
    number = desk.draft(title="关于秋收的通知", text="秋收事项已安排。")
    desk.assess(number)
    with pytest.raises(actions.DocumentRefused) as refused:
        desk.issue(number)
    assert refused.value.rule == "DOC-3"
    office = {"number": number, "by": desk.actor("sam"), "at": AT}
    with pytest.raises(NotThere):  # it asks for nothing yet, and is the department's own affair
        actions.allow_document(**office)
    actions.explain_document(number=number, excuse="上级新增任务", by=desk.actor("dora"), at=AT)
    with pytest.raises(actions.DocumentRefused):
        desk.issue(number)
    assert desk.see(number, "sam").may_allow
    with pytest.raises(NotThere):
        actions.allow_document(number=number, by=desk.actor("dora"), at=AT)
    actions.allow_document(**office)
    actions.allow_document(**office)
    assert desk.issue(number).flags == 1
    quota = Quota.objects.get(key="document:statistics:2026")
    assert (quota.limit, quota.used, quota.lifted) == (2, 3, 1)
    again = desk.draft(title="关于冬储的通知", text="冬储事项已安排。")
    desk.assess(again)
    with pytest.raises(actions.DocumentRefused):
        desk.issue(again)


def test_nothing_on_record_of_last_year_is_no_limit(desk):
    desk.send()
    assert not Quota.objects.exists()
    assert desk.see("WJ2026-0001").standing.last_year is None


def test_last_years_own_register_is_the_limit_where_there_is_no_other(desk):
    desk.send(at=AT.replace(year=2025))
    desk.send(title="关于秋收的通知", text="秋收事项已安排。")
    number = desk.draft(title="关于冬储的通知", text="冬储事项已安排。")
    desk.assess(number)
    with pytest.raises(actions.DocumentRefused):
        desk.issue(number)


def test_a_near_duplicate_under_another_title_is_flagged_and_found(desk):
    first = desk.send()
    second = desk.send(title="关于汛期值守的函", channel="letter", who="tara", department="tax",
                       text=_TEXT.replace("沙袋", "编织袋") + "请于10月20日前报送。")  # fmt: skip
    signs = [finding.sign for finding in desk.see(second.number, "tara").findings]
    assert sorted(signs) == ["directive"]  # too different: 4 in 5 shingles are not the same
    third = desk.send(title="关于汛期值守的函", channel="letter", who="tara", department="tax", text=_TEXT)
    seen = desk.see(third.number, "tara")
    assert [finding.sign for finding in seen.findings] == ["renamed"]
    assert (seen.similar_to, seen.similarity_percent) == (first.number, 100)
    found = queries.dodges(viewer=desk.actor("sam"), since=date(2026, 1, 1), until=date(2027, 1, 1))
    assert [(dodge.number, dodge.sign) for dodge in found] == [
        (third.number, "renamed"), (second.number, "directive")
    ]  # fmt: skip
    side_by_side = queries.pair(number=second.number, other=first.number, viewer=desk.actor("sam"))
    assert any(piece.is_like for piece in side_by_side.later.pieces)
    assert "".join(piece.text for piece in side_by_side.earlier.pieces) == _TEXT
    with pytest.raises(NotThere):
        queries.pair(number=second.number, other="WJ2026-0404", viewer=desk.actor("sam"))


def test_what_it_passes_on_is_no_near_duplicate_but_must_bring_something_new(desk):
    first = desk.send()
    number = desk.draft(who="tara", department="tax", superior=Superior(number=first.number))
    assert [finding.rule for finding in desk.see(number, "tara").findings] == ["DOC-6", "DOC-5"]
    pasted = desk.draft(who="tara", department="tax", kind="forward",
                        superior=Superior(title="省里的通知", text="另一份文件的全文。"))  # fmt: skip
    seen = desk.see(pasted, "tara")
    assert (seen.superior_title, seen.superior_text) == ("省里的通知", "另一份文件的全文。")


def test_dropping_and_what_cannot_be_done_afterwards(desk):
    number = desk.draft()
    for _ in range(2):
        actions.drop_document(number=number, by=desk.actor("dora"), at=AT)
    with pytest.raises(actions.NoDraft):
        desk.issue(number)
    issued = desk.send().number
    with pytest.raises(actions.NoDraft):
        actions.drop_document(number=issued, by=desk.actor("dora"), at=AT)
    with pytest.raises(actions.NoDraft):
        actions.change_draft(number=issued, paper=desk.paper(), by=desk.actor("dora"), at=AT)
    assert Event.objects.filter(verb="gate.document.dropped").count() == 1


@pytest.mark.parametrize("name", ["alice", "rita", "sam", "adam", "otto", "charlie", "tara"])
def test_not_allowed(desk, name):
    number = desk.draft()
    with pytest.raises(NotThere):
        desk.draft(who=name)
    with pytest.raises(NotThere):
        desk.issue(number, who=name)
    with pytest.raises(NotThere):
        desk.see(number, name)


def test_who_may_know(desk):
    desk.draft(title="草稿")
    issued = desk.send(scope_unit=desk.city.code["东县"], text="字" * 6_161, kind="comprehensive").number
    towns = desk.send(title="只发乡镇", target_level=4, text="乡镇事项。").number
    listed = {name: [line.title for line in queries.documents(viewer=actor)] for name, actor in desk.city.actor.items()}
    assert listed.pop("dora") == ["只发乡镇", "关于做好防汛准备的通知", "草稿"]
    assert listed.pop("sam") == ["只发乡镇", "关于做好防汛准备的通知"]
    assert all(titles == [] for titles in listed.values())
    came = {name: [line.number for line in queries.documents_received(viewer=actor)]
            for name, actor in desk.city.actor.items()}  # fmt: skip
    assert (came["alice"], came["rita"], came["tara"], came["sam"]) == ([issued], [towns], [], [])
    seen = desk.see(issued, "alice")
    assert (seen.findings, seen.standing, seen.excuse) == ((), None, "")
    assert [finding.rule for finding in desk.see(issued, "sam").findings] == ["DOC-2"]
    with pytest.raises(NotThere):
        desk.see(towns, "alice")
    with pytest.raises(NotThere):
        desk.see(issued, "rita")


def test_counts_stand_beside_last_year_and_the_baseline(desk):
    _last_year(desk, 5)
    Baseline.objects.create(
        unit_id=desk.city.unit["富水市"], department_id=desk.city.department["tax"], kind="document", year=2018,
        count=21, source="发文登记簿",
    )  # fmt: skip
    desk.send()
    desk.send(title="关于秋收的便笺", channel="note", text="秋收事项已安排。")
    counting = queries.document_counts(viewer=desk.actor("sam"), year=2026)
    statistics, tax = counting.rows
    assert statistics.by_channel == {"red_head": 1, "white_head": 0, "note": 1, "letter": 0, "notice": 0}
    assert (statistics.standing.issued, statistics.cap, statistics.baseline_cap) == (2, 5, None)
    assert (tax.standing.issued, tax.cap, tax.baseline_cap) == (0, None, 10)
    assert (counting.baseline_year, counting.baseline_percent_most) == (2018, 50)
    own = queries.document_counts(viewer=desk.actor("tara"), year=2026)
    assert [count.department_code for count in own.rows] == ["tax"]
    assert queries.document_counts(viewer=desk.actor("alice"), year=2026).rows == ()


@pytest.mark.parametrize("broken", [{"state": "issued"}, {"allowed_by": "sam"}, {"allowed_at": AT}])
def test_the_database_refuses_too(desk, broken):
    number = desk.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(number=number).update(**broken)


def test_lists_cost_the_same_for_one_and_for_many(desk, django_assert_num_queries):
    desk.send()
    with django_assert_num_queries(1):
        queries.documents(viewer=desk.actor("sam"))
    for subject in ("秋收", "冬储", "春耕"):
        desk.send(title=f"关于{subject}的通知", text=f"{subject}事项已安排。")
    with django_assert_num_queries(1):
        assert len(queries.documents(viewer=desk.actor("sam"))) == 4
    with django_assert_num_queries(1):
        assert queries.dodges(viewer=desk.actor("sam"), since=ON, until=ON + timedelta(days=1)) == ()
    assert Band.objects.values("document").distinct().count() == 4


def test_a_number_that_is_not_what_the_register_says(desk):
    _last_year(desk, 5)
    desk.send()
    assert list(queries.document_quotas_that_differ()) == list(queries.quotas_that_differ()) == []
    Quota.objects.filter(key="document:statistics:2026").update(used=0)
    (found,) = queries.document_quotas_that_differ()
    assert (found.check, found.where) == ("gate.documents", "quota:document:statistics:2026")
