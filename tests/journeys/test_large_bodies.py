"""What is too large never reaches the house: the page says so, and the server hangs up unread."""

import socket
from urllib.parse import urlsplit

import pytest
from stories import furnish

_WAIT_SECONDS = 5


@pytest.fixture
def limited(monkeypatch):
    """The served house takes deliveries of 2 KB at most."""
    monkeypatch.setenv("DUKAO_DELIVERY_MAX_BYTES", "2000")


def test_a_file_that_is_too_large_is_told_before_it_is_sent(limited, city, settings, tmp_path, person):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    dora = person("dora")
    page = dora.goes_to("/deliveries/new/?dataset=project_quarters")
    file = page.locator("#file")
    file.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"x" * 2001})
    assert "最大 2 KB" in file.evaluate("field => field.validationMessage")
    file.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"x" * 1999})
    assert file.evaluate("field => field.validationMessage") == ""
    dora.looked_at("deliver-new")


def test_a_stranger_is_answered_before_his_ten_gigabytes_come(site):
    address = urlsplit(site)
    head = (
        f"POST /deliveries/new/ HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 10000000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=_WAIT_SECONDS) as caller:
        caller.sendall(head.encode() + b"--x\r\n" * 1000)
        answer = caller.recv(400).decode()
    assert answer.startswith("HTTP/1.1 302")
    assert "/sign-in/" in answer
