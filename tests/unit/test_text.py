"""What may stand in a message, and what a handle is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.mentions import find_mentions
from chat.domain.text import parse_line, parse_text, slug_of
from chat.errors import InvalidInput, TooLarge


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  indented\n", "indented"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("e\u0301", "é"),
        ("    code\n    block", "code\n    block"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_text_is_normalised_and_otherwise_kept_as_written(raw: str, kept: str) -> None:
    assert parse_text(raw, 100) == kept


@pytest.mark.parametrize("raw", ["", " \n\t ", "\x00\x01", "\r\n"])
def test_an_empty_message_is_refused(raw: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        parse_text(raw, 100)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInput, match="surrogate"):
        parse_text("bad \ud800 text", 100)


@pytest.mark.parametrize("length", [11, 21, 10_000])
def test_a_long_text_is_refused_with_both_numbers(length: int) -> None:
    with pytest.raises(TooLarge, match="the most is 10"):
        parse_text("x" * length, 10)


@given(st.text(max_size=300))
def test_parsing_twice_changes_nothing_more(raw: str) -> None:
    try:
        once = parse_text(raw, 1000)
    except InvalidInput:
        return
    assert parse_text(once, 1000) == once


def test_names_are_one_line() -> None:
    assert parse_line(" Ada \n Lovelace\x07 ", field="name") == "Ada Lovelace"
    with pytest.raises(InvalidInput):
        parse_line("\n\x00", field="name")


@pytest.mark.parametrize(
    ("name", "slug"), [("Release 4.2!", "release-4-2"), ("Größe & Çà", "groe-ca"), ("漢字", "room"), ("--", "room")]
)
def test_slugs_are_plain(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("content", "handles"),
    [
        ("@llama3 hi", ["llama3"]),
        ("ask @Llama3:8B, please", ["llama3:8b"]),
        ("(@mira) and @mira.", ["mira"]),
        ("@hf.co/bart/x:q4.", ["hf.co/bart/x:q4"]),
        ("mail ada@example.org", []),
        ("`@llama3` in code", []),
        ("```\n@llama3\n``` then @qwen", ["qwen"]),
        ("```\nunclosed @llama3", []),
        ("@ alone, @@twice", []),
        ("a/@path x.@y", []),
    ],
)
def test_mentions_are_found_where_people_mean_them(content: str, handles: list[str]) -> None:
    assert find_mentions(content) == handles
