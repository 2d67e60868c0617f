"""Typed readers of environment variables; a value that cannot be read stops the start with its name and reason."""

import os
import secrets
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit


class BadSetting(RuntimeError):
    """A setting is missing or unreadable."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise BadSetting(f"{name} is not set")
    return value


def secret(path: Path) -> str:
    """The secret in this file, for its owner only; where there is none, the first of several processes makes it."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as new:
            new.write(secrets.token_urlsafe(48))
            new.flush()
            os.fsync(new.fileno())
            with suppress(FileExistsError):
                # The name appears with the whole content, and only once.
                os.link(new.name, path)
    if not (kept := path.read_text()):
        raise BadSetting(f"{path} is empty: restore it from the backup, or remove it (everybody signs in again)")
    return kept


def integer(name: str, default: int) -> int:
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        return int(raw)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {raw!r}") from None


def flag(name: str, default: bool = False) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise BadSetting(f"{name} must be yes or no, not {raw!r}")


def choice(name: str, known: Collection[str], default: str) -> str:
    value = os.environ.get(name) or default
    if value not in known:
        raise BadSetting(f"{name} must be one of {', '.join(known)}, not {value!r}")
    return value


def folder(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).resolve()


def database(url: str) -> dict:
    """Turn `sqlite:///path` or `postgresql://user:password@host:port/name?host=/socket/dir` into Django's settings."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path,
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # IMMEDIATE takes the write lock when a transaction begins, so no writer fails half-way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                    "PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
                    # A page that is written often goes from the log to its place once in 16 MB, not once in 4.
                    "PRAGMA wal_autocheckpoint=4000;"
                ),
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(options.get("host") or parts.hostname or ""),
            "PORT": str(parts.port or options.get("port") or ""),
            "CONN_MAX_AGE": 600,
            # Statements that come again are prepared: typing one cell takes a third of the time.
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2},
        }
    raise BadSetting(f"DUKAO_DATABASE_URL must begin with sqlite:/// or postgresql://, not {parts.scheme!r}")
