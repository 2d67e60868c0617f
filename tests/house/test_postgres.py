"""Our own PostgreSQL: starts, is killed, comes back with everything that was acknowledged, and leaves nothing."""

import psycopg
import pytest

from tools.postgres import bin_folders, running_postgres


@pytest.fixture(params=bin_folders() or [None], ids=str)
def server(request, monkeypatch):
    if request.param:
        monkeypatch.setenv("DUKAO_PG_BIN", str(request.param))
    with running_postgres() as server:
        yield server
    assert not server.folder.exists()


def test_it_keeps_what_it_acknowledged(server):
    connection = psycopg.connect(server.url)
    connection.execute("CREATE TABLE kept (n int)")
    connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    connection.commit()
    connection.execute("INSERT INTO kept VALUES (-1)")
    server.kill()
    connection.close()
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*), min(n) FROM kept").fetchone() == (1000, 1)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_nobody_enters_without_the_password(server):
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url.replace(":", ":x", 2).replace("postgresql:x", "postgresql:"))
