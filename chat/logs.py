"""Logs: one line each on standard error. Never a password, a token or the text of a message."""

import logging
import sys
import time
from typing import TextIO

from chat.locks import ShortLock

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {10: "\\n", 13: "\\r"}


class _OneLine(logging.Formatter):
    """Control characters are shown as \\x0a, so that nothing from outside can forge a line or steer a terminal."""

    _second, _shown = 0, ""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        record.message = message if message.isprintable() else message.translate(_CONTROLS)
        record.msg, record.args = record.message, None
        return super().format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  # logging's name
        """As the library does it, but once a second."""
        second = int(record.created)
        if second != self._second:
            self._second, self._shown = second, time.strftime(self.default_time_format, time.localtime(second))
        return f"{self._shown},{int(record.msecs):03d}"


class _Lines(logging.StreamHandler[TextIO]):
    def createLock(self) -> None:  # noqa: N802  # logging's name
        self.lock = ShortLock()


def set_up_logs(level: str) -> None:
    """`level` is a name such as INFO. The libraries that print packets and queries are kept at WARNING."""
    handler = _Lines(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What a line does not show need not be found out for it: threads, processes, the place in the code.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    for name in ("engineio", "socketio", "urllib3", "sqlalchemy", "alembic", "werkzeug", "limits", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)
