"""Installing what a command of `dev` needs, each part only when it has changed; standard library only.

Stamps beside what was installed hold the digest of what it was installed from, so that a second run takes a moment.
Nothing here names an index or a mirror: pip, uv, npm and apt use what the machine is set up with.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
DISK_NEEDED_BYTES = 2_000_000_000
NODE_NEEDED = 20  # what the browser packages want; Debian 12 has 18
# What package managers print when they cannot reach their registry.
_NETWORK_WORDS = (
    "dns error", "failed to fetch", "could not fetch", "connection error", "connection refused", "connecterror",
    "enotfound", "econnrefused", "econnreset", "eai_again", "etimedout", "network is unreachable", "timed out",
    "temporary failure", "(from versions: none)", "could not resolve", "unable to connect", "newconnectionerror",
)


class CannotGoOn(Exception):
    """A thing outside the project stands in the way; the message says what, `todo` what to do."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.todo = todo


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done and how long it took, on stderr, so that stdout stays for results."""
    began = time.monotonic()
    print(f"  … {title}", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        print(f"{_again()}  ✗ {title}", file=sys.stderr, flush=True)
        raise
    print(f"{_again()}  ✓ {title} ({time.monotonic() - began:.1f} s)", file=sys.stderr, flush=True)


def _again() -> str:
    return "\r\033[K" if sys.stderr.isatty() else ""


def run(command: list[str], *, todo: str, environment: dict[str, str] | None = None) -> str:
    """Run a command quietly; where it fails, say which, its last words, and what to do."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | (environment or {}), text=True, errors="replace", check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
    except FileNotFoundError:
        raise CannotGoOn(f"{command[0]} is not installed", todo) from None
    if done.returncode == 0:
        return done.stdout
    tail = "\n".join(done.stdout.strip().splitlines()[-15:])
    what = f"`{' '.join(command[:4])} …` failed:\n{tail}"
    if any(word in done.stdout.lower() for word in _NETWORK_WORDS):
        todo = "the package registry cannot be reached: check the network, or the mirror that pip, npm or apt is set to"
    elif "no space left" in done.stdout.lower():
        todo = "the disk is full: free some space"
    raise CannotGoOn(what, todo)


def require_disk() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < DISK_NEEDED_BYTES:
        raise CannotGoOn(
            f"only {free / 1e9:.1f} GB are free on the disk of {ROOT}",
            f"free some space: an installation and its demo city need {DISK_NEEDED_BYTES / 1e9:.0f} GB",
        )


def python_packages(*requirements: str) -> None:
    """A virtual environment with exactly what the hashed requirement files name, and the project itself."""
    _virtual_environment()
    for name in requirements:
        wanted = ROOT / name
        stamp = VENV / f".stamp-{name}"
        if _is_fresh(stamp, [wanted]):
            continue
        with step(f"Python packages of {name}"):
            run([*_installer(), "--quiet", "--require-hashes", "-r", str(wanted)], todo="see the lines above")
        _write_stamp(stamp, [wanted])
    _put_project_on_path()


def _virtual_environment() -> None:
    if PYTHON.exists():
        return
    require_disk()
    with step("virtual environment .venv"):
        if uv := shutil.which("uv"):
            run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], todo="see the lines above")
            return
        # Debian's bare python3 has venv but not ensurepip: an environment without pip will do, pip works from outside.
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)],
            todo="install Python's venv module, on Debian: apt-get install python3-venv")


def _installer() -> list[str]:
    """uv where there is one, else pip, working on the virtual environment."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", str(PYTHON)]
    has_pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if has_pip.returncode:
        apt("python3-pip")
    return [sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check", "install"]


def _put_project_on_path() -> None:
    """As an editable install would, but without a build."""
    for packages in VENV.glob("lib/python3*/site-packages"):
        path_file = packages / "dukao.pth"
        if not path_file.exists() or path_file.read_text() != f"{ROOT}\n":
            path_file.write_text(f"{ROOT}\n")
    script = VENV / "bin/dukao"
    guard = 'if __name__ == "__main__":'  # processes that it starts read this file again
    text = f"#!{PYTHON}\nimport sys\n\nfrom dukao.cli.main import main\n\n{guard}\n    sys.exit(main())\n"
    if not script.exists() or script.read_text() != text:
        script.write_text(text)
        script.chmod(0o755)


def node_packages() -> None:
    """node_modules exactly as package-lock.json says."""
    lock, stamp = ROOT / "package-lock.json", ROOT / "node_modules/.stamp"
    if _is_fresh(stamp, [lock]):
        return
    require_disk()
    environment = _node_environment()
    with step("browser packages (npm ci)"):
        run([_which("npm", environment), "ci", "--no-progress", "--loglevel=error"], todo="see the lines above",
            environment=environment)
    _write_stamp(stamp, [lock])


def assets() -> None:
    """The bundled, hashed styles and scripts."""
    built, sources = ROOT / "dukao/web/static/built", ROOT / "dukao/web/assets"
    stamp = built / ".stamp"
    files = [*_files_below(sources), ROOT / "package.json", ROOT / "package-lock.json"]
    if _is_fresh(stamp, files):
        return
    environment = _node_environment()
    with step("styles and scripts (npm run build)"):
        run([_which("npm", environment), "run", "--silent", "build"], todo="see the lines above",
            environment=environment)
    _write_stamp(stamp, files)


def node() -> str | None:
    """A Node that is new enough: the machine's, else the one that the build took from the wheel."""
    found = (shutil.which("node", path=path) for path in (os.environ.get("PATH", ""), str(VENV / "bin")))
    return next((one for one in found if one and _node_version(one) >= NODE_NEEDED), None)


def _node_environment() -> dict[str, str]:
    """A PATH with a Node that is new enough, and its npm."""
    machine = os.environ.get("PATH", "")
    own = shutil.which("node")
    if own and shutil.which("npm") and _node_version(own) >= NODE_NEEDED:
        return {"PATH": machine}
    if not (VENV / "bin/npm").exists():
        print(f"    no Node {NODE_NEEDED} or newer here: taking the one packaged as a Python wheel", file=sys.stderr)
        python_packages("requirements-node.txt")
    return {"PATH": f"{VENV / 'bin'}{os.pathsep}{machine}"}


def _node_version(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = done.stdout.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _which(program: str, environment: dict[str, str]) -> str:
    found = shutil.which(program, path=environment["PATH"])
    if found is None:
        raise CannotGoOn(f"{program} is not installed", f"install Node {NODE_NEEDED} or newer with its npm")
    return found


def browser() -> None:
    """Chromium and a Chinese typeface, from the distribution."""
    missing = []
    if not chromium():
        missing.append("chromium")
    if not any(Path("/usr/share/fonts").glob("**/NotoSansCJK*")):
        missing.append("fonts-noto-cjk")
    if missing:
        apt(*missing)


def statistics() -> None:
    """R with its package survey, from the distribution: weights and standard errors of surveys are held against it."""
    rscript = shutil.which("Rscript")
    asks = "quit(status = !nzchar(system.file(package = 'survey')))"
    if not rscript or subprocess.run([rscript, "-e", asks], capture_output=True, check=False).returncode:
        apt("r-cran-survey")


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def apt(*packages: str) -> None:
    """Install from Debian; without root, say which command does."""
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotGoOn(f"{', '.join(packages)} missing", f"run: sudo {command}")
    with step(f"from Debian: {', '.join(packages)}"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], todo="see the lines above", environment=quiet)
        run(command.split(), todo="see the lines above", environment=quiet)


def _files_below(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_fresh(stamp: Path, files: Iterable[Path]) -> bool:
    return stamp.exists() and stamp.read_text() == _digest(files)


def _write_stamp(stamp: Path, files: Iterable[Path]) -> None:
    stamp.write_text(_digest(files))
