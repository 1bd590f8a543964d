"""A line of the log, whatever came from outside into it."""

import io
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from chat.logs import set_up_logs


@pytest.fixture
def shown() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        set_up_logs("INFO")
        root.handlers[0].stream = shown = io.StringIO()  # type: ignore[attr-defined]  # it is a StreamHandler
        yield shown
    finally:
        root.handlers[:] = kept
        root.setLevel(level)


def test_nothing_from_outside_forges_a_line_or_steers_a_terminal(shown: io.StringIO) -> None:
    logging.getLogger("chat.test").info("%s", "a\r\nb\x1b[31m\x00\x9bü")
    assert shown.getvalue().endswith("a\\r\\nb\\x1b[31m\\x00\\x9bü\n")
    assert shown.getvalue().count("\n") == 1


def test_each_line_begins_with_its_own_time(shown: io.StringIO) -> None:
    times = [1_700_000_000.0625, 1_700_000_000.5, 1_700_000_001.0]
    for at in times:
        record = logging.makeLogRecord({"name": "chat.test", "levelno": logging.INFO, "levelname": "INFO", "msg": "x"})
        record.created, record.msecs = at, at % 1 * 1000
        logging.getLogger().handle(record)
    lines = shown.getvalue().splitlines()
    assert [line.removesuffix(" INFO chat.test x") for line in lines] == [
        datetime.fromtimestamp(at).isoformat(sep=" ", timespec="milliseconds").replace(".", ",") for at in times
    ]
