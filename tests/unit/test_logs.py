"""A line of the log, whatever came from outside into it."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from datetime import datetime

import pytest

from chat.logs import facts, logged_as
from tests.fakes.log import written_log


@pytest.fixture
def shown() -> Iterator[io.StringIO]:
    with written_log() as written:
        yield written


@pytest.fixture
def as_json() -> Iterator[io.StringIO]:
    with written_log("json") as written:
        yield written


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


def test_a_line_says_what_it_is_about_and_no_other_line_does(shown: io.StringIO) -> None:
    log = logging.getLogger("chat.test")
    log.info("before")
    with logged_as("01A"):
        log.info("outer")
        with logged_as("01B"):
            log.info("inner")
        log.info("outer again")
        elsewhere = threading.Thread(target=lambda: log.info("elsewhere"))
        elsewhere.start()
        elsewhere.join()
    log.info("after")
    told = [line.partition("chat.test ")[2] for line in shown.getvalue().splitlines()]
    assert told == ["before", "01A outer", "01B inner", "01A outer again", "elsewhere", "after"]


def test_as_json_each_line_is_one_object(as_json: io.StringIO) -> None:
    log = logging.getLogger("chat.test")
    with logged_as("01A"):
        log.info("%s\r\n%s", "a", "ü\x1b", extra=facts(status=200, ms=1.5))
    try:
        raise ValueError("no such thing")
    except ValueError:
        log.exception("failed %s", {"x"})
    first, second = (json.loads(line) for line in as_json.getvalue().splitlines())
    at = first.pop("time")
    assert datetime.fromisoformat(at).tzinfo is not None
    assert first == {
        **{"level": "INFO", "logger": "chat.test", "id": "01A"},
        **{"message": "a\r\nü\x1b", "status": 200, "ms": 1.5},
    }
    assert second["level"] == "ERROR" and second["message"] == "failed {'x'}" and "id" not in second
    assert "Traceback" in second["error"] and "ValueError: no such thing" in second["error"]


def test_half_a_character_from_outside_breaks_no_line(as_json: io.StringIO) -> None:
    half = logging.makeLogRecord({"name": "chat.test", "levelname": "INFO", "msg": "half a \ud83d character"})
    logging.getLogger().handlers[0].handle(half)  # past the others: that of the tests cannot keep it
    assert json.loads(as_json.getvalue())["message"] == "half a \ud83d character"
