"""Logs: one line each on standard error. Never a password, a token or the text of a message."""

import logging
import sys

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {10: "\\n", 13: "\\r"}


class _OneLine(logging.Formatter):
    """Control characters are shown as \\x0a, so that nothing from outside can forge a line or steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage().translate(_CONTROLS)
        record.msg, record.args = record.message, None
        return super().format(record)


def set_up_logs(level: str) -> None:
    """`level` is a name such as INFO. The libraries that print packets and queries are kept at WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What a line does not show need not be found out for it: threads, processes, the place in the code.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    for name in ("engineio", "socketio", "urllib3", "sqlalchemy", "alembic", "werkzeug", "limits", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)
