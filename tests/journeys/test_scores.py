"""Whoever is scored recomputes the score on any machine, appeals a line, and everybody reads what was published."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from dukao.scores import actions
from dukao.scores.models import Appeal
from tests.journeys.conftest import ROOT
from tests.scores.conftest import indicators, known, office, registers  # noqa: F401 (fixtures that scores share)

CARD, EAST = "/scores/counties_2025/", "/scores/counties_2025/990101000000/"


@pytest.fixture
def shown(office):  # noqa: F811
    actions.show_scores(card=office.set(), by=office.sam, at=timezone.now())
    return office


def _replayed(file) -> str:
    """As on a machine that has Python and the rules, and no database."""
    command = [sys.executable, "-m", "dukao.scores.rules.replay", str(file)]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=file.parent, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_score_is_recomputed_appealed_and_published(shown, person, tmp_path):
    sam = person("sam")
    sam.goes_to(CARD)
    sam.page.wait_for_selector("text=87.01")
    sam.looked_at("scores-card")

    gina = person("gina", phone=True)
    page = gina.page
    gina.goes_to("/scores/")
    page.get_by_role("link", name="2025年县区考核").first.tap()
    gina.goes_to(EAST)
    page.locator(".score-line summary").first.tap()
    gina.looked_at("score-of-the-scored")
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载得分文件").tap()
    file = tmp_path / "score.json"
    taken.value.save_as(file)
    assert "87.01" in _replayed(file)
    assert "不一致" not in _replayed(file)
    touched = json.loads(file.read_text("utf-8"))
    touched["result"]["lines"][0]["points"] = "1.00"
    file.write_text(json.dumps(touched, ensure_ascii=False), "utf-8")
    assert "不一致" in _replayed(file)

    line = page.locator(".score-line").nth(2)
    line.locator("summary").tap()
    line.locator("textarea").fill("少算了一批")
    line.get_by_role("button", name="申诉这一项").tap()
    page.wait_for_selector("text=少算了一批")
    sam.goes_to(f"/scores/appeals/{Appeal.objects.get().number}/")
    sam.page.fill("#decision", "核实属实")
    sam.page.fill("#corrected", "500")
    sam.looked_at("score-appeal")
    sam.page.get_by_role("button", name="成立，重算得分").click()
    gina.goes_to(EAST)
    page.wait_for_selector("text=核实属实")
    gina.looked_at("score-corrected")

    actions.publish_scores(card="counties_2025", by=shown.sam, at=timezone.now() + timedelta(days=60))
    anybody = person(phone=True)
    anybody.goes_to("/scores/published/counties_2025/")
    anybody.page.wait_for_selector("text=不排名")
    anybody.looked_at("scores-published")
