"""What backends send as JSON and is none for strict readers; numbers that are beyond all measure."""

from typing import Any

import orjson
import pytest

from chat.llm.json_values import parsed, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a":NaN,"b":[Infinity,-Infinity]}', {"a": None, "b": [None, None]}),
        ('{"a":NaN,"b":1' + "0" * 400 + "}", {"a": None, "b": None}),
        ('{"a":NaN,"b":1e400,"c":-7,"d":1.5}', {"a": None, "b": None, "c": -7, "d": 1.5}),
        ('{"a":NaN,"b":100000000000000000000}', {"a": None, "b": 1e20}),
        ('["\\ud800"]', ["\ufffd"]),
        ('{"\\uDE00":"a\\ud83d"}', {"\ufffd": "a\ufffd"}),
        ('["\\ud83d\\ude00\\ud83d"]', ["😀\ufffd"]),
        ('["\\ud83d", "\\\\ud800", "\\\\\\ud800"]', ["\ufffd", "\\ud800", "\\\ufffd"]),
        (b'["\\ud800"]', ["\ufffd"]),
    ],
)
def test_whatever_is_read_can_be_written(text: str | bytes, value: Any) -> None:
    assert parsed(text) == value
    assert orjson.loads(orjson.dumps(parsed(text))) == value


def test_half_a_character_is_kept_for_whoever_waits_for_the_other_half() -> None:
    assert parsed('["\\ud83d"]', keeps_halves=True) == ["\ud83d"]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":nan}', b"\xff\xfe{}", b'["\xff"]', b'["\xed\xa0\x80"]'])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        parsed(text)


@pytest.mark.parametrize(("value", "number"), [(0, 0), (7, 7), (2**53, 2**53)])
def test_counts_and_sizes_are_whole_numbers(value: Any, number: int) -> None:
    assert whole(value) == number


@pytest.mark.parametrize("value", [-1, 2**53 + 1, 10**400, True, 1.0, "1", None, [1]])
def test_everything_else_is_not_known(value: Any) -> None:
    assert whole(value) is None
