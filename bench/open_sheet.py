"""Opening a 200-question sheet for one unit: what is known, stale or asked, cell by cell; then the whole page.

Beside it, in the same run: the range join over the same cells on a raw SQLite table whose primary key is made for it.
"""

import sqlite3
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench._facts import AT, City, build_city, chance, fill, house, months, p50, p95, told
from bench._sheets import ON, QUESTIONS, SEPTEMBER, dispatch, forget_some

_RUNS = 400
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    months_kept = 6 if quick else 27
    with house("sqlite") as folder:
        told(f"{QUESTIONS} elements × {months_kept} months × 1,599 villages")
        city = build_city(elements=QUESTIONS)
        facts = fill(city, months_count=months_kept)
        facts -= forget_some(city)
        number = dispatch()
        raw = raw_join(city, months_kept, folder / "raw.sqlite3")
        beside, compiled, pages = [], [], []
        for village in _some(city, _RUNS):
            beside.append(_seconds(raw, village.pk))
            compiled.append(_seconds(_compile, number, village.code))
        client = _browser(city)
        for village in _some(city, _RUNS // 4):
            _move_worker(village)
            pages.append(_seconds(_open, client, number, village.code))
    peers = {"raw primary-key range join": p50(beside) * 1e3}
    cells = f"{facts:,} facts, {QUESTIONS} cells, p95; p50 {p50(compiled) * 1e3:.2f} ms"
    page = f"{facts:,} facts, {QUESTIONS} cells, p95; p50 {p50(pages) * 1e3:.1f} ms"
    return [
        {"job": "sheet-open-compile", "ours": p95(compiled) * 1e3, "unit": "ms", "peers": peers, "limit": cells,
         "ratio": p95(compiled) * 1e3, "goal": "<= 5", "met": p95(compiled) <= 0.005},
        {"job": "sheet-open-page", "ours": p95(pages) * 1e3, "unit": "ms", "peers": peers, "limit": page,
         "ratio": p95(pages) * 1e3, "goal": "<= 150", "met": p95(pages) <= 0.150},
    ]  # fmt: skip


def _compile(number: str, unit: str) -> None:
    """What every opening does: the filing, its questions, and the state of each cell."""
    from dukao.sheets.queries.reading import cells_of_filings, filing_head

    head = filing_head(dispatch=number, unit=unit)
    assert head is not None
    cells = cells_of_filings([head], today=ON)[head.id]
    assert len(cells) == QUESTIONS


def raw_join(city: City, months_kept: int, path: Path) -> Any:
    """The same question put to a bare table: no sheet, no state, no source."""
    raw = sqlite3.connect(path)
    raw.executescript(
        "PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824;"
        "CREATE TABLE fact (unit int, period int, element int, value int, PRIMARY KEY (unit, period, element))"
        " WITHOUT ROWID; CREATE TABLE question (element int PRIMARY KEY)"
    )
    raw.executemany("INSERT INTO question VALUES (?)", [(element,) for element in city.elements])
    keys = months(months_kept)
    raw.executemany(
        "INSERT INTO fact VALUES (?, ?, ?, 100)",
        ((v.pk, key, element) for v in city.villages for key in keys for element in city.elements),
    )
    raw.commit()
    return lambda unit: raw.execute(
        "SELECT q.element, f.value FROM question q LEFT JOIN fact f ON f.unit = ? AND f.period = ? AND"
        " f.element = q.element", (unit, SEPTEMBER),
    ).fetchall()  # fmt: skip


def _browser(city: City) -> Any:
    """A signed-in browser of one worker, whose post is moved from village to village."""
    from django.conf import settings
    from django.test import Client

    from dukao.org.models import Holding, Login, Post, Sitting

    settings.SYNTHETIC = True
    login = Login.objects.create(name="bench-worker", display_name="模拟填报员", password="!")
    post = Post.objects.create(code="bench-worker", title="填报员", role="worker", unit_id=city.villages[0].pk)
    Holding.objects.create(login=login, post=post, valid_from=date(2024, 1, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    session = client.session
    session.save()
    assert session.session_key is not None
    now = datetime.now(UTC)
    Sitting.objects.create(login=login, session_key=session.session_key, began_at=now, last_seen_at=now)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def _move_worker(village: Any) -> None:
    from dukao.org.models import Post

    Post.objects.filter(code="bench-worker").update(unit_id=village.pk)


def _open(client: Any, number: str, unit: str) -> None:
    answer = client.get(f"/filings/{number}/{unit}/")
    assert answer.status_code == 200, answer.status_code


def _some(city: City, count: int) -> list[Any]:
    return chance().choices(city.villages, k=count)


def _seconds(work: Any, *arguments: Any) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


assert AT.date() == ON, "the benches of sheets stand on the day of the facts"
