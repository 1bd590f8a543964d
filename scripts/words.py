"""The words of the Makefile: each prepares what it needs and does its one thing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import locks, steps
from scripts.browser import find_chromium
from scripts.parts import PYTEST, Command, Part, PytestPart, run_all
from scripts.programs import find
from scripts.servers import CADDY, NGINX, REDIS, SYSTEMD_ANALYZE, find_postgres
from scripts.steps import FRONTEND, PYTHON, ROOT, SetupFailed, say

# Most tests wait for servers more than they compute. All of a file run in one process, on one server.
SIDE_BY_SIDE = ("-n", str(2 * (os.cpu_count() or 1)), "--dist", "loadfile", "-m", "not alone")
ONE_BY_ONE = ("-m", "alone")
# A browser and its pages keep a core busy.
IN_BROWSERS = ("-n", str(os.cpu_count() or 1), "--dist", "loadfile")
STOP_WITHIN = 5.0
# The first is the default and is named all the same, for a shell that has another.
MODES: dict[str, tuple[str, ...]] = {
    "eventlet": ("ASYNC_MODE=eventlet", "REALTIME_FAST_PATH=on"),
    "eventlet without the fast path": ("ASYNC_MODE=eventlet", "REALTIME_FAST_PATH=off"),
    "gevent": ("ASYNC_MODE=gevent",),
    "threads": ("ASYNC_MODE=threading",),
}
# What the modes do differently: sockets, order, streams and stopping. `make test` runs these in all of them.
IN_EVERY_MODE = ("bad_frames", "delivery", "hearing", "replies", "talking")
# What speaks to the database, a second time on PostgreSQL; and what only that has.
ON_POSTGRES = ("tests/postgres", "tests/services")
ON_POSTGRES_WITH_SERVER = ("catching_up", "changes", "delivery", "replies", "searching")
NOT_ALONE_NOR_SQLITE = (*SIDE_BY_SIDE[:-1], "not alone and not sqlite")


def run_server(_: list[str]) -> None:
    """set up what is missing and start the server on HOST:PORT (127.0.0.1:5000), data in DATA_DIR (./data)"""
    started = time.monotonic()
    steps.server()
    say(f"Everything is in place ({time.monotonic() - started:.1f} s). Starting the server; Ctrl-C stops it.")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "app.py"])


def set_up(_: list[str]) -> None:
    """set up what is missing for the server, and do not start it"""
    steps.server()
    say("Everything is in place.")


def dev(_: list[str]) -> None:
    """the server and the front end's development server together; the browser follows every change of its sources"""
    steps.server()
    env = steps.node_environment()
    say("Starting the server and the development server; Ctrl-C stops both.")
    _together(
        subprocess.Popen([PYTHON, "app.py"], cwd=ROOT, start_new_session=True),
        subprocess.Popen(["npm", "start"], cwd=FRONTEND, env=env, start_new_session=True),
    )


def _together(*children: subprocess.Popen[bytes]) -> None:
    """Waits until one of them ends, or Ctrl-C, and then ends all of them with everything that they started."""
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.1)
    finally:
        for child in children:
            _signal_group(child, signal.SIGTERM)
        give_up = time.monotonic() + STOP_WITHIN
        for child in children:
            try:
                child.wait(max(0.0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child, signal.SIGKILL)


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def test(arguments: list[str]) -> None:
    """the laws, the Python tests, the front end's unit tests and the end-to-end tests in a real browser"""
    env = _test_environment()
    but_e2e = ["tests", "--ignore=tests/e2e", "--ignore=tests/postgres"]
    run_all(
        PytestPart("Python tests", [*PYTEST, *SIDE_BY_SIDE, *but_e2e, *arguments]),
        PytestPart("Python tests that time something", [*PYTEST, *ONE_BY_ONE, *but_e2e, *arguments]),
        *_other_modes(arguments),
        _on_postgres(arguments),
        Part("front end tests", ["npm", "test"], FRONTEND),
        _in_browsers(arguments),
        env=env,
    )


def _other_modes(arguments: list[str]) -> Iterable[PytestPart]:
    chosen = [f"tests/integration/test_{name}.py" for name in IN_EVERY_MODE]
    for name in list(MODES)[1:]:
        yield _in_mode(f"a part of the Python tests, {name}", name, [*SIDE_BY_SIDE, *chosen, *arguments])


def _on_postgres(arguments: list[str]) -> PytestPart:
    chosen = [*ON_POSTGRES, *(f"tests/integration/test_{name}.py" for name in ON_POSTGRES_WITH_SERVER)]
    command: Command = ["env", "TEST_DATABASE=postgresql", *PYTEST, *NOT_ALONE_NOR_SQLITE, *chosen, *arguments]
    return PytestPart("a part of the Python tests, on PostgreSQL", command)


def modes(arguments: list[str]) -> None:
    """the tests with a real server, all of them, in each way in which it can wait: eventlet, gevent and threads"""
    env = _test_environment()
    everything = ["tests/integration", "--ignore=tests/integration/llm"]
    run_all(*(_in_mode(name, name, [*everything, *arguments]) for name in MODES), env=env)


def _in_mode(title: str, mode: str, arguments: list[str]) -> PytestPart:
    return PytestPart(title, ["env", *MODES[mode], *PYTEST, *arguments])


def e2e(arguments: list[str]) -> None:
    """the end-to-end tests only"""
    env = _test_environment()
    run_all(_in_browsers(arguments), env=env)


def _in_browsers(arguments: list[str]) -> PytestPart:
    return PytestPart("end-to-end tests", [*PYTEST, *IN_BROWSERS, "tests/e2e", *arguments])


def screenshots(_: list[str]) -> None:
    """pictures of all screens, light, dark and phone, in test-results/screenshots"""
    env = _test_environment()
    run_all(Part("screenshots", [PYTHON, "scripts/screenshots.py"]), env=env)


def _test_environment() -> dict[str, str]:
    steps.server()
    steps.development_packages()
    steps.frontend_packages()
    steps.sdk_packages()
    servers = {program.variable: find(program) for program in (NGINX, CADDY, SYSTEMD_ANALYZE)}
    found = {"CHROMIUM": find_chromium(), "REDIS": find(REDIS), "POSTGRES": find_postgres(), **servers}
    return {**steps.node_environment(), **{f"ROUNDTABLE_{name}": path for name, path in found.items()}}


def bench(arguments: list[str]) -> None:
    """how fast the realtime core is beside its peers; make bench ARGS='fanout' measures one part"""
    steps.server()
    steps.development_packages()
    steps.bench_packages()
    run_all(Part("bench", [PYTHON, "bench/run.py", *arguments]), env=steps.node_environment())


def soak(_: list[str]) -> None:
    """half of the server's most for SOAK_MINUTES (30): fails if memory grows or files stay open"""
    steps.server()
    steps.development_packages()
    run_all(Part("soak", [PYTHON, "bench/soak.py"]), env=dict(os.environ))


def check(_: list[str]) -> None:
    """style, types and the laws of the code, on both sides"""
    steps.virtual_environment()
    steps.python_packages()
    steps.development_packages()
    steps.frontend_packages()
    run_all(
        Part("ruff", [PYTHON, "-m", "ruff", "check", "."]),
        Part("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Part("mypy", [PYTHON, "-m", "mypy"]),
        Part("eslint", ["npm", "run", "--silent", "lint"], FRONTEND),
        Part("TypeScript", ["npm", "run", "--silent", "typecheck"], FRONTEND),
        Part("laws", [*PYTEST, "-q", "tests/repository"]),
        env=steps.node_environment(),
    )


def protocol(_: list[str]) -> None:
    """write frontend/src/protocol/ from the server's wire models, after these have changed"""
    steps.virtual_environment()
    steps.python_packages()
    steps.frontend_packages()
    schema = subprocess.run([PYTHON, "-m", "chat.wire.schema"], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    generator = ["node", "scripts/generate-protocol.mjs"]
    env = steps.node_environment()
    written = subprocess.run(generator, cwd=FRONTEND, env=env, input=schema.stdout, check=False)
    if schema.returncode or written.returncode:
        raise SetupFailed("The wire models could not be turned into types; see above.")
    say("frontend/src/protocol/ is current.")


def lock(_: list[str]) -> None:
    """renew the exact versions in requirements*.lock within the ranges of requirements*.txt"""
    steps.virtual_environment()
    locks.renew()


def clean(_: list[str]) -> None:
    """remove everything that the set-up made; data and .env stay"""
    made = [".venv", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", "test-results"]
    folders = [
        FRONTEND / "node_modules",
        FRONTEND / "dist",
        *(ROOT / place / "node" / "node_modules" for place in ("bench", "tests")),
    ]
    for path in [*(ROOT / name for name in made), *folders]:
        shutil.rmtree(path, ignore_errors=True)
    say("Removed the virtual environment, the front end's packages and build, and all caches.")


def show_help(_: list[str]) -> None:
    """this list"""
    for word, do in WORDS.items():
        say(f"make {word:12} {do.__doc__}")


WORDS: dict[str, Callable[[list[str]], None]] = {
    "run": run_server,
    "setup": set_up,
    "dev": dev,
    "test": test,
    "modes": modes,
    "e2e": e2e,
    "check": check,
    "bench": bench,
    "soak": soak,
    "screenshots": screenshots,
    "protocol": protocol,
    "lock": lock,
    "clean": clean,
    "help": show_help,
}


def main() -> int:
    word, *arguments = sys.argv[1:] or ["help"]
    try:
        WORDS[word](arguments)
    except SetupFailed as problem:
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
