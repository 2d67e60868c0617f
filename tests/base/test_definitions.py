from decimal import Decimal
from pathlib import Path

import pytest

from dukao.base.definitions import BadDefinition, Definition, checked, read_entries


class Thing(Definition):
    code: str
    size: Decimal = Decimal(0)


def write(folder: Path, text: str) -> Path:
    path = folder / "things.yaml"
    path.write_text(text, "utf-8")
    return path


def only_entry(folder: Path, text: str) -> dict:
    (entry,) = read_entries(write(folder, text))
    return entry.data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", "no"),
        ("a: on", "on"),
        ("a: 0123", "0123"),
        ("a: 12:30", "12:30"),
        ("a: 1e5", "1e5"),
        ("a: 230200000000", 230200000000),
        ("a: 0.10", Decimal("0.10")),
        ("a: true", True),
        ("a: null", None),
        ("a:", None),
        ("a: 2026-07", "2026-07"),
    ],
)
def test_yaml_says_what_it_looks_like(tmp_path, text, value):
    assert only_entry(tmp_path, text) == {"a": value}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [1", "第 1 行"),
        ("a: 1\na: 2", "写了两次"),
        ("a: &x 1\nb: *x", "锚点"),
        ("- 3", "应为若干行"),
        ("a: !!python/name:os.system", ""),
        ("[" * 5000, ""),
    ],
)
def test_bad_yaml_is_refused_with_its_place(tmp_path, text, reason):
    with pytest.raises(BadDefinition) as refused:
        list(read_entries(write(tmp_path, text)))
    ((place, why),) = refused.value.errors.items()
    assert "things.yaml" in place
    assert reason in why


def test_errors_name_file_entry_and_field(tmp_path):
    entries = list(read_entries(write(tmp_path, "- {code: a}\n- {code: b, size: big, colour: red}")))
    assert checked(Thing, entries[0].data, place=entries[0].place) == Thing(code="a")
    with pytest.raises(BadDefinition) as refused:
        checked(Thing, entries[1].data, place=entries[1].place)
    place = "things.yaml · 第 2 项 b"
    assert refused.value.errors == {f"{place} · size": "应为数字", f"{place} · colour": "没有这个字段，请检查拼写"}


def test_a_folder_is_read_in_name_order_and_an_empty_file_holds_nothing(tmp_path):
    (tmp_path / "b.yaml").write_text("code: b")
    (tmp_path / "a.yaml").write_text("- code: a1\n- code: a2")
    (tmp_path / "c.yaml").write_text("# nothing yet\n")
    assert [e.data["code"] for e in read_entries(tmp_path)] == ["a1", "a2", "b"]
