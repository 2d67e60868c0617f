"""The routes of visits and random draws: one announced visit of the statistics bureau to 一村, concluded; one draw."""

from datetime import timedelta

from routes import EVERYBODY, Route, Takes

UNITS, DEPARTMENTS, OFFICE = frozenset({"alice", "wang", "rita"}), frozenset({"dora", "tara"}), frozenset({"sam"})
UNIT, ISSUER = frozenset({"alice"}), frozenset({"dora"})
PARTIES = UNIT | ISSUER | OFFICE
NUMBER, DRAW = "JC-0000000001", "CQ-0000000001"
_VISIT, _NO_VISIT = f"/visits/{NUMBER}/", "/visits/JC-9999999999/"
_DRAW, _NO_DRAW = f"/draws/{DRAW}/", "/draws/CQ-9999999999/"
_BOOKED = {
    "item": "JH2026-0901", "unit": "{一村}", "on": "2026-11-16", "mode": "announced", "purpose": "看台账",
    "team_size": "2", "people": "统计执法岗", "request_key": "a-key-of-its-own",
}  # fmt: skip
_PROMISED = {"item": "JH2026-0901", "units_wanted": "2", "inspectors": "检查员甲 执法岗\n检查员乙 执法岗",
             "inspectors_wanted": "1", "public_source": "某期开奖号码"}  # fmt: skip

ROUTES = [
    Route("visits", "/visits/", UNITS | DEPARTMENTS | OFFICE),
    Route("visits.new", "/visits/new/", DEPARTMENTS | OFFICE,
          takes=Takes(ISSUER | OFFICE, _BOOKED, done=200, others=403, but={"tara": 404})),
    Route("visits.code", "/visits/code/", EVERYBODY, public=True, takes=Takes(EVERYBODY, {"code": "7K3M"}, done=409)),
    Route("visits.arrive", "/visits/code/arrival/", form_on="/visits/code/",
          takes=Takes(UNITS, {"code": "7K3M"}, done=409, others=403)),
    Route("visits.refuse", "/visits/refusals/", form_on="/visits/", takes=Takes(UNIT, {"unit": "{一村}"})),
    Route("visits.remote", "/visits/remote/", DEPARTMENTS,
          takes=Takes(ISSUER, {"item": "JH2026-0901", "unit": "{一村}", "request_key": "k"}, done=409, others=403,
                      but={"tara": 404})),
    Route("visits.page", _VISIT, PARTIES, others=404, missing=_NO_VISIT),
    Route("visits.conclude", _VISIT + "conclusion/", form_on=_VISIT, missing=_NO_VISIT + "conclusion/",
          knows=PARTIES, takes=Takes(ISSUER, {"conclusion": "属实"}, done=409)),
    Route("visits.object", _VISIT + "objection/", form_on=_VISIT, missing=_NO_VISIT + "objection/", knows=PARTIES,
          takes=Takes(UNIT, {"objection": "不属实"})),
    Route("visits.decide", _VISIT + "decision/", form_on=_VISIT, missing=_NO_VISIT + "decision/", knows=PARTIES,
          takes=Takes(OFFICE, {"outcome": "upheld", "decision": "成立"}, done=409)),
    Route("visits.tell", _VISIT + "telling/", form_on=_VISIT, missing=_NO_VISIT + "telling/", knows=PARTIES,
          takes=Takes(UNIT, {"minutes": "40", "rule-1": "yes"})),
    Route("visits.give_back", _VISIT + "cancellation/", form_on=_VISIT, missing=_NO_VISIT + "cancellation/",
          knows=PARTIES, takes=Takes(ISSUER | OFFICE, {"reason": "不去了"}, done=409)),
    Route("draws", "/draws/", DEPARTMENTS | OFFICE),
    Route("draws.new", "/draws/new/", DEPARTMENTS, takes=Takes(ISSUER, _PROMISED, others=403, but={"tara": 404})),
    Route("draws.page", _DRAW, ISSUER | OFFICE, others=404, missing=_NO_DRAW),
    Route("draws.draw", _DRAW + "drawing/", form_on=_DRAW, missing=_NO_DRAW + "drawing/", knows=ISSUER | OFFICE,
          takes=Takes(ISSUER, {"public_part": "7"}, done=409)),
    Route("draws.record", _DRAW + "record.json", ISSUER | OFFICE, others=404, missing=_NO_DRAW + "record.json"),
]  # fmt: skip


def furnish(city) -> None:
    from dukao.gate import actions
    from dukao.gate.models import Draw, Visit
    from tests.conftest import AT, ON
    from tests.gate.planned import approved_item

    dora, alice = city.actor["dora"], city.actor["alice"]
    item = approved_item(city, number="JH2026-0901")
    held = actions.hold_visit(
        items=[item], unit=city.code["一村"], on=ON, mode="announced", purpose="看台账", team_size=2,
        people=[{"name": "", "office": "统计执法岗"}], request_key="furnished", by=dora, at=AT,
    )  # fmt: skip
    actions.arrive(code=held.code, unit=city.code["一村"], by=alice, at=AT)
    actions.conclude_visit(visit=held.number, conclusion="台账与上报数一致", by=dora, at=AT)
    Visit.objects.filter(number=held.number).update(number=NUMBER)
    before = AT - timedelta(days=3)
    promised = actions.promise_draw(
        item=item, units=[], units_wanted=2, inspectors=[{"name": "检查员甲", "office": "执法岗"}], inspectors_wanted=1,
        public_source="某期开奖号码", by=dora, at=before,
    )  # fmt: skip
    actions.draw_units(number=promised.number, public_part="7", by=dora, at=AT)
    Draw.objects.filter(number=promised.number).update(number=DRAW)
