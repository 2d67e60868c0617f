"""The routes of the burden ledger, appeals and the rules' statistics."""

from routes import Route, Takes

UNITS, DEPARTMENTS, OFFICE = frozenset({"alice", "wang", "rita"}), frozenset({"dora", "tara"}), frozenset({"sam"})
# Departments review what they ask everywhere in the city, and so read what else is asked there.
READERS = DEPARTMENTS | OFFICE | {"alice", "rita"}
UNIT = frozenset({"alice"})
PARTIES = UNIT | OFFICE | {"dora"}
_UNIT, _NO_UNIT = "/burden/units/{一村}/", "/burden/units/999999999999/"
# The demand of which 一村 made an appeal in `furnish`, and one of which it made none.
_DEMAND, _NO_DEMAND = "/burden/demands/XQ2026-0001/{一村}/", "/burden/demands/XQ2026-9999/{一村}/"
_APPEAL, _NO_APPEAL = "/appeals/SS2026-0001/", "/appeals/SS2026-9999/"

ROUTES = [
    Route("burden", "/burden/", UNITS | DEPARTMENTS | OFFICE, leads=303),
    Route("burden.unit", _UNIT, READERS, others=404, missing=_NO_UNIT),
    Route("burden.calendar", _UNIT + "calendar/", READERS, others=404, missing=_NO_UNIT + "calendar/"),
    Route("burden.baselines", _UNIT + "baselines/", READERS, others=404, missing=_NO_UNIT + "baselines/",
          takes=Takes(OFFICE, {"kind": "document", "count": "12", "source": "登记簿（模拟）"})),
    Route("burden.department", "/burden/departments/statistics/", OFFICE | {"dora"}, others=404,
          missing="/burden/departments/nothing/"),
    Route("burden.demand", _DEMAND, UNIT, others=404, missing=_NO_DEMAND),
    Route("burden.tell", _DEMAND + "minutes/", form_on=_DEMAND, missing=_NO_DEMAND + "minutes/",
          takes=Takes(UNIT, {"minutes": "12"})),
    Route("burden.appeal", _DEMAND + "appeals/", form_on=_DEMAND, missing=_NO_DEMAND + "appeals/",
          takes=Takes(UNIT, {"ground": "too_short"}, done=409)),
    Route("appeals", "/appeals/", UNITS | DEPARTMENTS | OFFICE),
    Route("appeals.page", _APPEAL, PARTIES, others=404, missing=_NO_APPEAL),
    Route("appeals.decide", _APPEAL + "decision/", form_on=_APPEAL, missing=_NO_APPEAL + "decision/", knows=PARTIES,
          takes=Takes(OFFICE, {"outcome": "upheld", "decision": "确已报过"})),
    Route("statistics", "/statistics/", OFFICE),
    Route("sheets.what_if", "/sheets/econ/what-if/", OFFICE | {"dora"}, others=404, missing="/sheets/nothing/what-if/"),
]  # fmt: skip


def furnish(city) -> None:
    """一村 appeals the first demand there is on it, the sheet that the desks' routes sent out."""
    from dukao.gate import actions
    from tests.conftest import AT

    actions.make_appeal(demand="XQ2026-0001", unit=city.code["一村"], ground="duplicate", by=city.actor["alice"], at=AT)
