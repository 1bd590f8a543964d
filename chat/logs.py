"""Logs: one line each on standard error, as text or as JSON. Never a password, a token or the text of a message.

A line has the id of the request or job that it is about, where `logged_as` has said which.
"""

import json
import logging
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from chat.locks import ShortLock

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {10: "\\n", 13: "\\r"}
_id: ContextVar[str] = ContextVar("id", default="")


@contextmanager
def logged_as(task_id: str) -> Generator[None]:
    """Until it is left, what this thread or green thread logs is about the request or job of that id."""
    before = _id.set(task_id)
    try:
        yield
    finally:
        _id.reset(before)


def facts(**values: str | int | float) -> dict[str, Any]:
    """For a call's `extra`: what its line says, once more in fields of their own, where it is JSON."""
    return {"facts": values}


class _OneLine(logging.Formatter):
    """Control characters are shown as \\x0a, so that nothing from outside can forge a line or steer a terminal."""

    _second, _shown = 0, ""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        record.message = message if message.isprintable() else message.translate(_CONTROLS)
        if task_id := _id.get():
            record.message = f"{task_id} {record.message}"
        record.msg, record.args = record.message, None
        return super().format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  # logging's name
        """As the library does it, but once a second."""
        second = int(record.created)
        if second != self._second:
            self._second, self._shown = second, time.strftime(self.default_time_format, time.localtime(second))
        return f"{self._shown},{int(record.msecs):03d}"


class _Json(logging.Formatter):
    """One object a line. `id` is that of the request or job, `error` the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {"time": at, "level": record.levelname, "logger": record.name}
        if task_id := _id.get():
            told["id"] = task_id
        told["message"] = record.getMessage()
        told |= getattr(record, "facts", {})
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)  # in ASCII: half a character may come from outside, too


class _Lines(logging.StreamHandler[TextIO]):
    def createLock(self) -> None:  # noqa: N802  # logging's name
        self.lock = ShortLock()


def set_up_logs(level: str, form: Literal["text", "json"] = "text") -> None:
    """`level` is a name such as INFO. The libraries that print packets and queries are kept at WARNING."""
    handler = _Lines(sys.stderr)
    as_text = _OneLine("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(_Json() if form == "json" else as_text)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What a line does not show need not be found out for it: threads, processes, the place in the code.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    for name in ("engineio", "socketio", "urllib3", "sqlalchemy", "alembic", "werkzeug", "limits", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # otlp.py says once what it says every time
