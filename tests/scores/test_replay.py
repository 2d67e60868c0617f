"""A score recomputed from its file alone: equal, or told where it is not."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dukao.scores.rules.replay import digests_of, replayed, told
from dukao.scores.rules.scoring import FORMAT, FORMER, computed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def document():
    bare = {"line": "", "reference": None, "low": None, "high": None, "absent": ""}
    made = {
        "format": FORMAT, "version": 1, "scored": {"kind": "unit", "code": "990101000000", "name": "东县"},
        "card": {"title": "考核", "lines": [
            {"code": "tax", "title": "税收", "weight": "60", "rule": "linear", "measure": "last_year", "floor": "0",
             "full": "5", "direction": "up", "change": "percent"},
            {"code": "satisfaction", "title": "满意度", "weight": "40", "rule": "share", "measure": "value",
             "floor": None, "full": None, "direction": "up", "change": "points"},
        ]},
        "inputs": [
            bare | {"line": "tax", "value": "103.5", "reference": "100"},
            bare | {"line": "satisfaction", "value": "500/6", "low": "80", "high": "86"},
        ],
    }  # fmt: skip
    made["result"] = computed(made)
    return made | {"digests": digests_of(made)}


def test_an_untouched_file_is_equal_line_by_line(document):
    found = replayed(document)
    assert found.is_equal
    assert [(one.told, one.found, one.differs) for one in found.lines] == [
        ("42.00",) * 2 + ((),),
        ("33.33",) * 2 + ((),),
    ]
    assert told(found)[-1] == "重算一致"


def test_a_file_of_the_former_format_is_replayed_as_it_was_made(document):
    """It rounded up what has all its points like any other: 58.83 of 58.82."""
    weights = {"a": ("50", "1"), "b": ("20", "1"), "c": ("15", "0.5"), "d": ("15", None)}
    document["card"]["lines"] = [document["card"]["lines"][1] | {"code": code, "weight": weight}
                                 for code, (weight, _share) in weights.items()]  # fmt: skip
    document["inputs"] = [
        {"line": code, "value": part and str(100 * float(part)), "reference": None, "absent": ""}
        for code, (_weight, part) in weights.items()
    ]
    for form, points in ((FORMER, ["58.83", "23.53", "8.82", None]), (FORMAT, ["58.82", "23.53", "8.83", None])):
        made = document | {"format": form}
        made["result"] = computed(made)
        assert [one["points"] for one in made["result"]["lines"]] == points
        assert replayed(made | {"digests": digests_of(made)}).is_equal


def _value(document):
    document["inputs"][0]["value"] = "104"


def _points(document):
    document["result"]["lines"][1]["points"] = "39.00"


def _total(document):
    document["result"]["total"] = "99.00"


def _weight(document):
    document["card"]["lines"][0]["weight"] = "70"


def _name(document):
    document["scored"]["name"] = "西区"


def _extra(document):
    document["result"]["lines"].append({"line": "bonus", "points": "5"})


@pytest.mark.parametrize("tamper", [_value, _points, _total, _weight, _name, _extra])
def test_a_file_that_was_tampered_with_says_so(document, tamper):
    tamper(document)
    assert not replayed(document).is_equal


def test_it_says_which_line_differs(document):
    _points(document)
    found = replayed(document)
    assert [one.differs for one in found.lines] == [(), ("points",)]
    assert any("得分与生成时的指纹不一致" in fault for fault in found.faults)


def test_what_differs_is_told_in_rounded_figures(document):
    document["result"]["exact"] = "1234567890123/16460905201"
    assert "精确总分不一致：文件里是 75，重算是 75.333333" in replayed(document).faults


def test_points_that_do_not_follow_are_found_even_with_fresh_digests(document):
    _points(document)
    document["digests"] = digests_of(document)
    found = replayed(document)
    assert not found.is_equal
    assert not found.faults
    assert found.lines[1].differs == ("points",)


def test_a_consistent_forgery_is_another_file(document):
    forged = copy.deepcopy(document)
    _value(forged)
    forged["result"] = computed(forged)
    forged["digests"] = digests_of(forged)
    assert replayed(forged).is_equal
    assert replayed(forged).digest != replayed(document).digest


@pytest.mark.parametrize("broken", [{}, {"format": FORMAT}, {"format": "other"}, {"format": FORMAT, "card": []}])
def test_a_broken_file_is_told_and_raises_nothing(broken):
    found = replayed(broken)
    assert not found.is_equal
    assert found.faults


def test_python_alone_is_enough(document, tmp_path):
    """Without the packages of any installation: `-S` leaves them out, `-I` what is set around it."""
    file = tmp_path / "score.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; sys.argv = ['replay', {str(file)!r}]; " \
           "runpy.run_module('dukao.scores.rules.replay', run_name='__main__')"  # fmt: skip
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("重算一致")
