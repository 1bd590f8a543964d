"""The part of a message that is shown of what was found."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.snippets import CHARS, snippet_of


def _shown(marked: str) -> str:
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in snippet_of(marked))


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("nothing is marked", "nothing is marked"),
        ("the \x01lock\x02 and the \x01lock\x02", "the [lock] and the [lock]"),
        ("\x01first\x02 word", "[first] word"),
        ("two\n\n  \x01lines\x02\there", "two [lines] here"),
        ("<b>\x01bold\x02</b>", "<b>[bold]</b>"),
        ("half \x01open", "half open"),
        ("", ""),
    ],
)
def test_matches_are_told_apart_on_one_line(marked: str, shown: str) -> None:
    assert _shown(marked) == shown


def test_a_long_text_is_shown_around_the_first_match() -> None:
    shown = _shown("before " * 100 + "\x01here\x02 " + "after " * 100)
    assert re.fullmatch(r"…(before ){4,9}\[here\] (after )+after…|…(before ){4,9}\[here\] (after )+aft?e?r?…", shown)


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=200), st.booleans()), max_size=8))
def test_a_snippet_is_short_and_all_of_it_stands_in_the_text(parts: list[tuple[str, bool]]) -> None:
    marked = "".join(f"\x01{text}\x02" if is_match else text for text, is_match in parts)
    snippet = snippet_of(marked)
    text = "".join(part.text for part in snippet)
    assert len(text) <= CHARS + 2 and not re.search(r"[\x00-\x1f]", text)
    visible = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\s]", "", marked)
    assert "".join(text.split()).strip("…") in visible
