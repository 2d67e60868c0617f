"""What 200 forms of 60 columns ask more than once: the command and the page, cold, from the files to the report."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

_FORMS, _COLUMNS = 200, 60
_SECONDS = 10
_THINGS = ("农户", "企业", "学校", "耕地", "林地", "道路", "水库", "商铺", "项目", "村组")
_MEASURES = (
    "数量（个）", "面积（亩）", "投资（万元）", "收入（万元）", "人数（人）", "户数（户）", "产量（吨）", "负责人",
    "补贴（元）", "合格率（%）", "新增数（个）", "隐患数（处）", "检查次数（次）", "整改数（处）",
    "长度（公里）",
)  # fmt: skip
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    with TemporaryDirectory(prefix="dukao-bench-") as name:
        folder = Path(name)
        forms = _make(folder)
        taken = []
        for _ in range(1 if quick else 3):
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "dukao.cli.main", "overlap", *forms, "--out", folder / "report", "--json"],
                check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1],
            )  # fmt: skip
            taken.append(time.perf_counter() - began)
        told = json.loads(done.stdout)
        assert told["forms"] == _FORMS, told["unread"]
        assert told["columns"] >= _FORMS * (_COLUMNS - 1)
        page = _page_seconds(forms)
    limit = f"{told['columns']:,} columns, {told['distinct']:,} distinct, {len(told['groups']):,} groups"
    return [
        {
            "job": name, "ours": seconds, "unit": "s", "peers": {}, "limit": limit, "ratio": seconds,
            "goal": f"<= {_SECONDS}", "met": seconds <= _SECONDS,
        }
        for name, seconds in (("workbooks-overlap-200", statistics.median(taken)),
                              ("workbooks-overlap-200-page", page))
    ]  # fmt: skip


def _page_seconds(forms: list[Path]) -> float:
    """From the upload to the answer; the page waits instead of showing how far it is."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from bench._facts import build_city, house
    from bench._people import signed_in

    with house("sqlite") as folder:
        from django.conf import settings

        settings.WORKBOOKS_PATIENCE_SECONDS, settings.VAR = 60, folder
        build_city(elements=1)
        client = signed_in("supervision")
        files = [SimpleUploadedFile(form.name, form.read_bytes()) for form in forms]
        began = time.perf_counter()
        answer = client.post("/workbooks/", {"file": files})
        taken = time.perf_counter() - began
        assert answer.status_code == 200, answer.status_code
        assert "问重了什么" in answer.content.decode()
    return taken


def _make(folder: Path) -> list[Path]:
    """Forms of one town's departments (模拟): each asks 60 of 1,500 data, with ten villages to fill in."""
    import xlsxwriter

    rng, paths = Random(7), []
    subjects = [a + b for a in "东西南北中上下前后左" for b in _THINGS]
    data = [subject + measure for subject in subjects for measure in _MEASURES]
    for number in range(_FORMS):
        path = folder / f"模拟表{number:03}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet, frame = book.add_worksheet(), book.add_format({"border": 1})
            sheet.merge_range(0, 0, 0, _COLUMNS, f"模拟部门{number % 40}报表{number}")
            for column, title in enumerate(["村名", *rng.sample(data, _COLUMNS)]):
                sheet.write(1, column, title, frame)
                for row in range(10):
                    sheet.write(row + 2, column, f"模拟村{row}" if not column else None, frame)
        paths.append(path)
    return paths
