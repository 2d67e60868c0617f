"""Words that the tests of the desks share."""

import re

from dukao.base.periods import Period

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}


def text_of(response) -> str:
    """What a person reads of a page, blanks made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def confirm_population(house, number: str, *, unit: str = "一村", by: str = "alice") -> None:
    for month in ("2026-07", "2026-08", "2026-09"):
        house.act("confirm_answer", number, element="population", period=Period.parse(month), unit=unit, by=by)


def hand_in(house, number: str, *, projects: str = "2") -> None:
    """Alice fills in what is left of the sheet of `send_mixed`, and hands it in."""
    confirm_population(house, number)
    house.type(number, "new_projects", projects)
    house.act("submit_filing", number)


def send_mixed(house) -> str:
    """A sheet to all villages: tax is known, population is stale in 一村, projects and the remark are asked."""
    house.know_all("tax_revenue", "2026Q3", value=128450)
    house.know("new_projects", "2025Q3", "一村", 2)
    house.know("population", "2026-02", "一村", 1203)
    check = {"name": "上限", "rule": "new_projects <= 500", "message": "项目不会这么多"}
    questions = ("tax_revenue", "population", "new_projects", {"element": "remark", "required": False})
    return house.send(*questions, checks=[check])
