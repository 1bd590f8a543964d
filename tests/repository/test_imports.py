"""Who may import whom: the table of docs/architecture.md."""

from fnmatch import fnmatch

from tests.repository.sources import area, files, imports, none_of, read

OURS = {
    "errors": set(),
    "config": set(),
    "wire": {"errors"},
    "events": {"errors", "wire"},
    "publishing": {"errors", "events"},
    "domain": {"errors", "wire"},
    "db": {"errors", "events", "wire"},
    "llm": {"errors", "wire"},
    "services": {"db", "domain", "errors", "events", "wire"},
    "jobs": {"errors", "events", "llm", "services"},
    "web": {"errors", "events", "jobs", "llm", "services", "wire"},
    "realtime": {"errors", "events", "jobs", "llm", "services", "wire"},
}
EVERYTHING = {"bootstrap", "__init__"}
THEIRS = {
    "flask": ("chat/web/*", "chat/realtime/*", "chat/bootstrap.py"),
    "flask_socketio": ("chat/web/*", "chat/realtime/*", "chat/bootstrap.py"),
    "flask_limiter": ("chat/web/*", "chat/bootstrap.py"),
    "sqlalchemy": ("chat/db/*", "chat/services/*", "chat/bootstrap.py"),
    "alembic": ("chat/db/*",),
    "requests": ("chat/llm/http.py",),
    "eventlet": ("app.py", "chat/realtime/*"),
    "gevent": ("app.py", "chat/realtime/*"),
}


def breaches(source: str, path: str) -> list[str]:
    found = []
    for line, name in imports(source, path):
        first, _, rest = name.partition(".")
        if first == "chat" and area(path) not in EVERYTHING | {""}:
            other = rest.partition(".")[0]
            if other != area(path) and other not in OURS.get(area(path), set()):
                found.append(f"{path}:{line} {area(path)} may not import chat.{other}")
        elif first in THEIRS and not any(fnmatch(path, pattern) for pattern in THEIRS[first]):
            found.append(f"{path}:{line} may not import {first}; only {', '.join(THEIRS[first])} may")
    return found


def _server_files() -> list[str]:
    return [*files(".py", under="chat"), *files(under="app.py")]


def test_modules_import_only_what_the_table_allows() -> None:
    none_of(breach for path in _server_files() for breach in breaches(read(path), path))


def test_every_part_of_the_package_is_in_the_table() -> None:
    assert {area(path) for path in files(".py", under="chat")} <= OURS.keys() | EVERYTHING


def test_one_module_of_realtime_at_most_knows_the_green_threads() -> None:
    knowing = {
        path
        for path in files(".py", under="chat")
        for _, name in imports(read(path), path)
        if name.partition(".")[0] in ("eventlet", "gevent")
    }
    assert len(knowing) <= 1, knowing


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
        "chat/llm/router.py:4 llm may not import chat.services",
        "chat/llm/router.py:6 may not import requests; only chat/llm/http.py may",
    ]
    assert breaches("from chat.llm import base\nfrom . import base\nimport json", "chat/llm/router.py") == []
