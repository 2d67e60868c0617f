"""What ratings are measured against: a row per request, by Django on PostgreSQL, and by bare ASGI on SQLite.

Both insert the body as it came, durably, and answer 201; neither reads, checks or signs anything. A third keeps
nothing: it tells what the server and the load by themselves come to.
"""

import os
from typing import Any

TABLE = "CREATE TABLE IF NOT EXISTS row (id {key}, body {kind} NOT NULL)"


def django_application() -> Any:
    """Django with the middleware that `startproject` writes down."""
    return _django([
        "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ])  # fmt: skip


def bare_django_application() -> Any:
    """Django with only routing, the ORM and a commit."""
    return _django([])


def _django(middleware: list[str]) -> Any:
    """`DUKAO_BENCH_PG` is the database; connections are kept (a new one for each request takes 200 a second)."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import models
    from django.http import HttpRequest, HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    from dukao import env

    @csrf_exempt
    def insert(request: HttpRequest) -> HttpResponse:
        Row.objects.create(body=request.body)
        return HttpResponse(b"{}", status=201, headers={"Content-Length": "2"})

    settings.configure(
        SECRET_KEY="bench", ALLOWED_HOSTS=["*"], DATABASES={"default": env.database(os.environ["DUKAO_BENCH_PG"])},
        MIDDLEWARE=middleware, ROOT_URLCONF=(path("cast", insert),),
        INSTALLED_APPS=[f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions", "messages")],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    application = get_wsgi_application()

    class Row(models.Model):
        body = models.BinaryField()

        class Meta:
            app_label, db_table = "bench", "row"

    return application


def sqlite_application() -> Any:
    """`DUKAO_BENCH_SQLITE` is the file. One thread inserts what has come and commits it together."""
    from pathlib import Path

    from dukao.ballots.store import opened, transaction
    from dukao.ballots.turns import Turns

    database = opened(Path(os.environ["DUKAO_BENCH_SQLITE"]), journal="WAL")
    database.execute(TABLE.format(key="INTEGER PRIMARY KEY", kind="BLOB"))

    def insert(bodies: Any) -> Any:
        with transaction(database):
            database.executemany("INSERT INTO row (body) VALUES (?)", [(body,) for body in bodies])
        return bodies

    turns = Turns(insert)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await turns.take((await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    return application


def empty_application() -> Any:
    """What every rating pays to granian under RSGI."""

    async def application(_scope: Any, protocol: Any) -> None:
        await protocol()
        protocol.response_bytes(201, [], b"{}")

    return application
