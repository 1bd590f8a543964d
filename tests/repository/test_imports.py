"""Who may import whom: the table of docs/architecture.md."""

from fnmatch import fnmatch

from tests.repository.sources import area, files, imports, none_of, read

# A row without dots allows a whole part, one with dots a single module of it.
# What an entry point or a job needs to call a service: its unit of work and new ids, the settings it was given, and the
# pure rules by which input is read. The services, models and database know none of the leaves that they do not name.
TO_CALL_SERVICES = {"db.unit_of_work", "db.ids", "config", "domain"}
OURS = {
    "acting": set(),
    "background": {"errors", "tracing"},
    "backend_settings": set(),
    "cluster": {"background", "events", "publishing", "shared_events"},
    "config": {"backend_settings", "settings_reader", "sign_in_settings", "tracing"},
    "errors": {"wire.types"},
    "events": {"shared_events", "wire"},
    "locks": set(),
    "meters": set(),
    "logs": {"locks"},
    "settings_reader": {"backend_settings"},
    "sign_in_settings": {"backend_settings", "settings_reader"},
    "otlp": {"tracing", "__version__"},
    "publishing": {"events"},
    "rate_limits": {"config", "errors", "events", "rate_windows"},
    "rate_windows": {"locks"},
    "shared_events": set(),
    "tracing": set(),
    "wire": set(),
    "domain": {"errors", "wire"},
    "db": {"errors", "events", "locks", "publishing", "wire"},
    "llm": {"errors", "locks", "tracing", "wire"},
    "services": {"acting", "db", "domain", "errors", "events", "sign_in_settings", "tracing", "wire"},
    "outward": {"errors"},
    "jobs": {
        "background",
        "errors",
        "events",
        "llm",
        "locks",
        "logs",
        "meters",
        "outward",
        "publishing",
        "services",
        "shared_events",
        "tracing",
        "wire",
        "__version__",
        *TO_CALL_SERVICES,
    },
    "web": {
        *(
            "acting",
            "backend_settings",
            "errors",
            "events",
            "jobs",
            "llm",
            "logs",
            "meters",
            "outward.oidc",
            "rate_limits",
            "rate_windows",
            "services",
            "sign_in_settings",
            "tracing",
            "wire",
        ),
        *TO_CALL_SERVICES,
    },
    "realtime": {
        *(
            "background",
            "errors",
            "events",
            "jobs",
            "llm",
            "logs",
            "meters",
            "rate_limits",
            "services",
            "tracing",
            "wire",
        ),
        *TO_CALL_SERVICES,
    },
}
# Where the parts are chosen and wired, and the processes that serve and look after them.
EVERYTHING = {
    *("bootstrap", "commands", "core", "draining", "engine", "hooks", "joining", "launch", "live", "worker", "working"),
    "__init__",
}
THEIRS = {
    "flask": ("app.py", "chat/web/*", "chat/realtime/*", "chat/commands/__init__.py", "chat/bootstrap.py"),
    "click": ("chat/commands/*",),
    "flask_socketio": ("chat/web/*", "chat/realtime/*", "chat/core.py"),
    "flask_limiter": ("chat/web/*", "chat/bootstrap.py"),
    "sqlalchemy": ("chat/db/*", "chat/services/*", "chat/bootstrap.py"),
    "alembic": ("chat/db/*",),
    # For two things: streams from models, and the library that speaks to sign-in providers.
    "requests": ("chat/llm/http*.py", "chat/outward/oidc.py"),
    "authlib": ("chat/outward/oidc.py",),
    "joserfc": ("chat/outward/oidc.py",),
    "redis": ("chat/cluster/*",),
    "dramatiq": ("chat/cluster/job_queue.py",),
    "prometheus_client": ("chat/web/metrics.py",),
    "opentelemetry": ("chat/otlp.py",),
    "eventlet": ("app.py", "chat/realtime/*"),
    "gevent": ("app.py", "chat/realtime/*"),
}


def breaches(source: str, path: str) -> list[str]:
    found = []
    for line, name in imports(source, path):
        first, _, rest = name.partition(".")
        if first == "chat" and area(path) not in EVERYTHING | {""}:
            if not _allowed(rest, OURS.get(area(path), set()) | {area(path), "__version__"}):
                found.append(f"{path}:{line} {area(path)} may not import chat.{rest}")
        elif first in THEIRS and not any(fnmatch(path, pattern) for pattern in THEIRS[first]):
            found.append(f"{path}:{line} may not import {first}; only {', '.join(THEIRS[first])} may")
    return found


def _allowed(name: str, parts: set[str]) -> bool:
    return any(f"{name}.".startswith(f"{part}.") for part in parts)


def _server_files() -> list[str]:
    return [*files(".py", under="chat"), *files(under="app.py")]


def test_modules_import_only_what_the_table_allows() -> None:
    none_of(breach for path in _server_files() for breach in breaches(read(path), path))


def test_every_part_of_the_package_is_in_the_table() -> None:
    assert {area(path) for path in files(".py", under="chat")} <= OURS.keys() | EVERYTHING


def test_three_modules_of_realtime_know_the_green_threads() -> None:
    knowing = {
        path
        for path in files(".py", under="chat")
        for _, name in imports(read(path), path)
        if name.partition(".")[0] in ("eventlet", "gevent")
    }
    assert knowing == {f"chat/realtime/{name}.py" for name in ("fast_path", "own_thread", "runtime")}


def test_the_checker_sees_every_way_to_import() -> None:
    source = """
import sqlalchemy as sa
from chat import db
from ..services import rooms
def later():
    import requests
"""
    assert breaches(source, "chat/llm/router.py") == [
        "chat/llm/router.py:2 may not import sqlalchemy; only chat/db/*, chat/services/*, chat/bootstrap.py may",
        "chat/llm/router.py:3 llm may not import chat.db",
        "chat/llm/router.py:4 llm may not import chat.services.rooms",
        "chat/llm/router.py:6 may not import requests; only chat/llm/http*.py, chat/outward/oidc.py may",
    ]
    assert breaches("from chat.llm import base\nfrom . import base\nimport json", "chat/llm/router.py") == []


def test_the_checker_tells_one_module_of_a_part_from_another() -> None:
    source = "from chat.db.unit_of_work import Database\nfrom chat.db import unit_of_work\nfrom chat.db import tables"
    assert breaches(source, "chat/web/chat.py") == ["chat/web/chat.py:3 web may not import chat.db.tables"]
