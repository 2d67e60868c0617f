"""The routes of scores: a card of the two departments that is shown to them, a draft, and a published one."""

from datetime import UTC, datetime

from routes import EVERYBODY, Route, Takes

OFFICE, TAX = frozenset({"sam"}), frozenset({"sam", "tara"})
SCORED = OFFICE | {"dora", "tara"}
_CARD, _NO_CARD = "/scores/offices_2025/", "/scores/ghosts_2025/"
_DRAFT = "/scores/draft_2026/"
_ONE, _NO_ONE = _CARD + "tax/", _CARD + "ghosts/"
_APPEAL, _NO_APPEAL = "/scores/appeals/KS2026-0001/", "/scores/appeals/KS2026-0404/"
_PUBLIC = "/scores/published/"

ROUTES = [
    Route("scores", "/scores/", SCORED | {"rita"}),
    Route("scores.new", "/scores/new/", OFFICE, takes=Takes(OFFICE, {"do": "save"}, 422, 403)),
    Route("scores.published", _PUBLIC, EVERYBODY, public=True),
    Route("scores.public", _PUBLIC + "counties_2024/", EVERYBODY, public=True, missing=_PUBLIC + "offices_2025/"),
    Route("scores.card", _CARD, SCORED, others=404, missing=_NO_CARD),
    Route("scores.write", _DRAFT + "writing/", OFFICE, others=404, missing=_CARD + "writing/",
          takes=Takes(OFFICE, {"do": "save", "title": "x"}, 422)),
    Route("scores.set", _DRAFT + "setting/", form_on=_DRAFT, knows=OFFICE, missing=_NO_CARD + "setting/",
          takes=Takes(OFFICE)),
    Route("scores.compute", _DRAFT + "computing/", form_on=_DRAFT, knows=OFFICE, missing=_NO_CARD + "computing/",
          takes=Takes(OFFICE, done=409)),
    Route("scores.publish", _CARD + "publication/", form_on=_CARD, knows=SCORED, missing=_NO_CARD + "publication/",
          takes=Takes(OFFICE, done=409)),
    Route("scores.docx", _CARD + "report.docx", OFFICE, others=404, missing=_NO_CARD + "report.docx"),
    Route("scores.pdf", _CARD + "report.pdf", OFFICE, others=404, missing=_NO_CARD + "report.pdf"),
    Route("scores.one", _ONE, TAX, others=404, missing=_NO_ONE),
    Route("scores.file", _ONE + "score.json", TAX, others=404, missing=_NO_ONE + "score.json"),
    Route("scores.make_appeal", _ONE + "appeal/", form_on=_ONE, knows=TAX, missing=_NO_ONE + "appeal/",
          takes=Takes(frozenset({"tara"}), {"line": "tasks_fixed", "reason": "有两件已经解决"})),
    Route("scores.appeal", _APPEAL, TAX, others=404, missing=_NO_APPEAL),
    Route("scores.decide", _APPEAL + "decision/", form_on=_APPEAL, knows=TAX, missing=_NO_APPEAL + "decision/",
          takes=Takes(OFFICE, {"do": "reject", "decision": "口径如此"})),
]  # fmt: skip


def furnish(city) -> None:
    from dukao.scores import actions
    from dukao.scores.rules.definitions import ScorecardDefinition

    sam, at = city.actor["sam"], datetime(2026, 10, 8, 2, tzinfo=UTC)
    whole = {
        "scope": city.code["富水市"], "basis": "督考〔2026〕1号",
        "lines": [{"of": "satisfaction", "weight": 40, "rule": "share"},
                  {"of": "tasks_fixed", "weight": 60, "rule": "share"}],
    }  # fmt: skip
    cards = (
        {"code": "offices_2025", "title": "2025年部门考核", "year": 2025, "departments": ["statistics", "tax"]},
        {"code": "counties_2024", "title": "2024年县区考核", "year": 2024, "level": "county", "public": True},
        {"code": "draft_2026", "title": "2026年县区考核", "year": 2026, "level": "county"},
    )
    for card in cards:
        actions.define_scorecard(definition=ScorecardDefinition.model_validate(whole | card), by=sam, at=at)
    for code, on in (("offices_2025", at), ("counties_2024", datetime(2026, 1, 8, tzinfo=UTC))):
        actions.set_scorecard(card=code, by=sam, at=on)
        actions.show_scores(card=code, by=sam, at=on)
    actions.publish_scores(card="counties_2024", by=sam, at=at)
    actions.make_appeal(
        card="offices_2025", scored="tax", line="satisfaction", reason="漏了一批评价", by=city.actor["tara"], at=at
    )
