"""Every file that a page offers: what it is called, what it says it is, and that no spreadsheet runs what is in it."""

import csv
import io
import re
from decimal import Decimal, InvalidOperation
from html import unescape
from urllib.parse import unquote

import openpyxl
import pytest
from checking import CheckingClient
from django.apps import apps
from django.db.models import CharField, Value
from django.db.models.functions import Concat
from routes import CAST, Route, all_routes

from dukao.web.exports import TYPES
from tests.conftest import City

PAGES = [route for route in all_routes() if route.sees and route.name != "parts"]
# What people write themselves, and what could therefore begin with anything.
_WRITTEN = {"name", "short_name", "title", "display_name", "file_name", "basis"}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.fixture(scope="module")
def misnamed(furnished) -> City:
    """The furnished city in which everything that has a name is called a formula."""
    for model in apps.get_models():
        names = [f.name for f in model._meta.fields if f.name in _WRITTEN and not f.unique]
        if model.__module__.startswith("dukao.") and names:
            changed = {name: Concat(Value("=1+"), name, output_field=CharField()) for name in names}
            model._default_manager.update(**changed)
    return furnished


@pytest.fixture
def city(misnamed, db) -> City:
    return misnamed


def _offered(page: str, path: str) -> list[str]:
    """The addresses of the files on a page."""
    hrefs = [unescape(href) for href in re.findall(r'href="([^"]+)"', page)]
    files = [href for href in hrefs if re.search(r"[?&]export=|\.csv$", href)]
    return [href if href.startswith("/") else path.partition("?")[0] + href for href in files]


def test_files_are_offered_on_many_pages(city, as_):
    """The test below would be content with a page that offers none."""
    offering = {
        route.name for route in PAGES if _offered(_page(as_(min(route.sees)), route.path.format(**city.code)), "")
    }
    assert offering >= {"units.page", "units.all", "sheets.compile", "desk.filing", "deliveries", "deliveries.page",
                        "dispatches.page", "elements", "datasets", "trail", "org-logins"}  # fmt: skip


@pytest.mark.parametrize("route", PAGES, ids=[route.name for route in PAGES])
def test_every_file_is_named_typed_and_harmless(route: Route, city, as_):
    path = route.path.format(**city.code)
    client = as_(min(route.sees))
    stranger = min(set(CAST) - route.sees, default="")
    for href in dict.fromkeys(_offered(_page(client, path), path)):
        answer = client.get(href)
        assert answer.status_code == 200, href
        kind = re.search(r"\.(csv|xlsx)\b", href)[1]
        assert answer.headers["Content-Type"] == TYPES[kind], href
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        _check_name(answer.headers["Content-Disposition"], kind)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        for cell in _cells(content, kind):
            assert not cell.startswith(_DANGEROUS) or _is_number(cell), f"{href}: {cell!r}"
        if route.missing or route.others == 403:
            assert (as_(stranger).get(href).status_code == 200) is route.public, href


def _page(client: CheckingClient, path: str) -> str:
    """The page at this address; a file offers no others."""
    answer = client.get(path)
    return answer.content.decode() if answer.headers["Content-Type"].startswith("text/html") else ""


def _check_name(disposition: str, kind: str) -> None:
    """A download whose name tells what it is, is no path, and cannot break out of the header."""
    assert disposition.startswith("attachment; filename")
    name = unquote(disposition.rpartition("''")[2].strip('"'))
    assert name.endswith(f".{kind}")
    assert not re.search(r'[/\\:*?"<>|\r\n]', name), name
    assert not name.startswith((".", *_DANGEROUS)), name


def _cells(content: bytes, kind: str) -> list[str]:
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return [cell for line in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in line]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    return [cell.value for cell in cells if isinstance(cell.value, str)]


def _is_number(text: str) -> bool:
    try:
        return bool(Decimal(text).is_finite())
    except InvalidOperation:
        return False
