"""A line of the log, whatever came from outside into it."""

import io
import logging

from chat.logs import set_up_logs


def test_nothing_from_outside_forges_a_line_or_steers_a_terminal() -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        set_up_logs("INFO")
        root.handlers[0].stream = shown = io.StringIO()  # type: ignore[attr-defined]  # it is a StreamHandler
        logging.getLogger("chat.test").info("%s", "a\r\nb\x1b[31m\x00\x9bü")
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
    assert shown.getvalue().endswith("a\\r\\nb\\x1b[31m\\x00\\x9bü\n")
    assert shown.getvalue().count("\n") == 1
