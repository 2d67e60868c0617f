"""Parts we stand on: locked by hash, free of addresses, each with its reason; nothing copied into the tree."""

import json
import re
import tomllib

import pytest

from tests.house.reading import ROOT, requirement_names, tracked_files
from tools import install

LOCKS = sorted(ROOT.glob("requirements*.txt"))
_ADDRESS = re.compile(r"https?://|index-url|find-links|trusted-host", re.I)
_FILE_BYTES = 1_000_000


def test_there_are_locks():
    assert {"requirements.txt", "requirements-dev.txt", "requirements-bench.txt", "requirements-node.txt"} == {
        path.name for path in LOCKS
    }


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_python_locks_carry_hashes_and_no_address(path):
    text = path.read_text()
    assert not _ADDRESS.search(text)
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block or block.startswith("#"), block[:80]


def test_the_node_lock_carries_hashes_and_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert not [name for name, part in lock["packages"].items() if "resolved" in part]
    assert all("integrity" in part for name, part in lock["packages"].items() if name)
    options = (ROOT / ".npmrc").read_text()
    assert "ignore-scripts=true" in options
    assert "omit-lockfile-registry-resolved=true" in options
    assert not _ADDRESS.search(options)


def test_node_parts_are_pinned_exactly():
    package = json.loads((ROOT / "package.json").read_text())
    for name, version in (package.get("dependencies", {}) | package.get("devDependencies", {})).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"


def test_the_node_that_is_asked_for_is_new_enough_for_every_part():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = {part.get("engines", {}).get("node", "*") for part in lock["packages"].values()}
    assert max(int(want.removeprefix(">=")) for want in wanted - {"*"}) == install.NODE_NEEDED


def test_the_locks_agree_with_each_other():
    pins: dict[str, dict[str, frozenset[str]]] = {}
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        for part, version in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*?\])?==(\S+)", (ROOT / name).read_text(), re.M):
            of_part = pins.setdefault(part.lower(), {})
            of_part[name] = of_part.get(name, frozenset()) | {version}
    assert {part: by_lock for part, by_lock in pins.items() if len(set(by_lock.values())) > 1} == {}
    assert requirement_names("requirements.txt") <= requirement_names("requirements-dev.txt")
    assert requirement_names("requirements-dev.txt") <= requirement_names("requirements-bench.txt")


def test_every_dependency_is_locked_and_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    wanted = [
        ("requirements.txt", project["dependencies"]),
        ("requirements-dev.txt", project["optional-dependencies"]["dev"]),
        ("requirements-bench.txt", project["optional-dependencies"]["bench"]),
    ]
    for lock, dependencies in wanted:
        for dependency in dependencies:
            line = next(line for line in text.splitlines() if f'"{dependency}"' in line)
            assert re.search(r"#\s*\S.{5,}", line), f"{dependency} has no comment"
            name = re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9_.-]+", dependency)[0]).lower()
            assert name in requirement_names(lock), f"{dependency} is not in {lock}"


def test_nothing_is_copied_into_the_tree():
    """No libraries, no built files, no data dumps: they are installed or made."""
    foreign = re.compile(r"(^|/)(vendor|third_party|node_modules|dist|built)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|mo)$")
    for path in tracked_files():
        relative = path.relative_to(ROOT).as_posix()
        assert not foreign.search(relative), relative
        assert path.stat().st_size <= _FILE_BYTES, f"{relative} has {path.stat().st_size:,} bytes"


def test_licence_and_notice_are_there():
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    for name in ("NOTICE", "publiccode.yml", "CONTRIBUTING.md", "CHANGELOG.md", "README.md", "README.zh-CN.md"):
        assert (ROOT / name).stat().st_size > 200, name
