"""What else must be true of the house: migrations complete, settings safe, documents that name what exists."""

import io
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

from dukao.cli.main import commands
from tests.house.reading import ROOT, sources

DOCS = sorted((ROOT / "docs").glob("*.md"))


def test_migrations_are_complete(db):
    out = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert out.getvalue() == "No changes detected\n"


def test_the_house_is_safe_to_deploy(tmp_path):
    """Django's own check for production finds nothing once TLS is said to be there."""
    # The browser tests allow what no installation does.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"} | {
        "DUKAO_TLS": "yes", "DUKAO_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dukao.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"], cwd=ROOT, env=environment,
        capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr


def test_every_setting_of_a_site_is_described():
    """Each DUKAO_… variable that the code reads stands in docs/operating.md, and none that it does not read."""
    pattern = re.compile(r"\bDUKAO_[A-Z_]+[A-Z]\b")
    read = {
        name for path in [*sources("dukao", "tools"), ROOT / "dev"]
        for name in pattern.findall(path.read_text(encoding="utf-8"))
    }
    told = set(pattern.findall((ROOT / "docs/operating.md").read_text(encoding="utf-8")))
    assert told == read


def test_every_command_is_described():
    text = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    for command in commands():
        assert f"`dukao {command.name}`" in text, command.name


def test_every_command_of_dev_is_described():
    spoken = (ROOT / "dev").read_text(encoding="utf-8")
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"^    \./dev (\w+)", spoken, re.M):
        assert f"./dev {name}" in told, name


def test_both_readmes_open_with_the_two_commands():
    for name in ("README.md", "README.zh-CN.md"):
        opening = (ROOT / name).read_text(encoding="utf-8")[:1500]
        assert "./dev demo" in opening
        assert "./dev test" in opening


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_commands_in_documents_exist(path):
    known = {command.name for command in commands()}
    for name in re.findall(r"`?\bdukao ([a-z][a-z-]+)\b", path.read_text(encoding="utf-8")):
        assert name in known, f"{path.name}: dukao {name}"


def test_decisions_are_numbered_without_gaps():
    numbers = [int(n) for n in re.findall(r"^## (\d+)", (ROOT / "docs/decisions.md").read_text(), re.M)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_passwords_and_sessions_are_as_promised():
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
