"""Documents at the terminal: from a text file to an issued paper, the radar, the counts."""

import json
from datetime import datetime, timedelta

import pytest

from dukao.cli.main import main

_TEXT = (
    "富统发〔2026〕模拟8号\n关于做好秋收的通知\n各村：\n请填写进度表，于10月20日前报送市统计局。\n"
    "请召开村民会议，安排收割。"
)


@pytest.fixture
def drafted(city, tmp_path, capsys):
    def draft(*more: str, text: str = _TEXT) -> dict:
        file = tmp_path / "通知.txt"
        file.write_text(text, encoding="utf-8")
        where = ["--department", "statistics", "--scope", city.code["富水市"], "--basis", "2026年发文计划（模拟）第3项"]
        assert main(["document", "draft", str(file), *where, *more, "--as", "dora", "--json"]) == 4
        return _told(capsys)

    return draft


def _told(capsys):
    return json.loads(capsys.readouterr().out)


def _issue(number: str) -> int:
    due = f"{datetime.now() + timedelta(days=20):%Y-%m-%d}"
    counted = ["--minutes", "30", "--forms", "1", "--meetings", "1", "--reports", "0", "--due", due]
    assert main(["document", "assess", number, *counted, "--as", "dora"]) in (0, 4)
    return main(["document", "issue", number, "--as", "dora", "--json"])


def test_from_a_file_to_the_villages(drafted, capsys):
    draft = drafted()
    assert (draft["line"]["title"], draft["line"]["document_number"]) == ("关于做好秋收的通知", "富统发〔2026〕模拟8号")
    assert [(one["rule"], one["action"]) for one in draft["findings"]] == [("DOC-6", "refuse")]
    assert draft["assessment"]["asked"]["meetings"] == ["请召开村民会议，安排收割。"]
    number = draft["line"]["number"]
    assert main(["document", "issue", number, "--as", "dora"]) == 3
    capsys.readouterr()
    assert _issue(number) == 0
    assert '"unit_count": 6' in capsys.readouterr().out
    assert main(["document", "received", "--as", "alice", "--json"]) == 0
    assert [line["number"] for line in _told(capsys)] == [number]
    assert main(["document", "list", "--as", "tara", "--json"]) == 0
    assert _told(capsys) == []
    assert main(["document", "show", number, "--as", "tara"]) == 3


def test_the_radar_and_the_counts(drafted, capsys):
    first = drafted()["line"]["number"]
    _issue(first)
    capsys.readouterr()
    second = drafted("--channel", "note", "--title", "秋收进度提示")["line"]["number"]
    _issue(second)
    capsys.readouterr()
    assert main(["document", "radar", "--as", "sam", "--json"]) == 4
    assert {one["sign"] for one in _told(capsys)} == {"renamed", "directive"}
    assert main(["document", "radar", "--as", "dora"]) == 3
    assert main(["document", "compare", second, first, "--as", "sam"]) == 0
    assert "相同 100%" in capsys.readouterr().out
    assert main(["document", "counts", "--as", "sam", "--json"]) == 0
    (row,) = _told(capsys)["rows"]
    assert (row["department_code"], row["by_channel"]["note"]) == ("statistics", 1)


def test_too_long_is_issued_with_a_reason_only(drafted, capsys):
    number = drafted("--title", "关于秋收的通知", text="字" * 5_001)["line"]["number"]
    assert _issue(number) == 3
    assert main(["document", "reason", number, "法规全文，不能删", "--as", "dora"]) == 0
    assert main(["document", "issue", number, "--as", "dora"]) == 0
    capsys.readouterr()
    again = drafted()["line"]["number"]
    assert main(["document", "drop", again, "--as", "dora"]) == 0
    assert main(["document", "allow", again, "--as", "sam"]) == 3
