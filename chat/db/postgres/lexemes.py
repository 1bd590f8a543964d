"""The words of a text as SQLite's unicode61 finds them, for tsvector and tsquery: both databases find the same.

PostgreSQL's own parser would take addresses, numbers and hyphens apart in another way, and by the server's locale.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MOST_WORDS = 16_383  # of a text: a tsvector knows no further places
MOST_BYTES = 500_000  # of them together; a tsvector holds twice as much
LONGEST = 250  # characters of a word that count; a lexeme may have 2,046 bytes
# Chinese and Japanese have no blanks between words: each character is one.
_CHARACTER = "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]"
_WORD = re.compile(rf"{_CHARACTER}|(?:(?!{_CHARACTER})[^\W_][\u0300-\u036f]*)+")
_LAST_LATIN = "\u024f"
_DIACRITICS = re.compile(r"[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Word:
    """Where it stands in the text, and what it is found by."""

    start: int
    end: int
    lexeme: str


def words_of(text: str) -> Iterator[Word]:
    for found in _WORD.finditer(text):
        if lexeme := folded(found[0]):
            yield Word(found.start(), found.end(), lexeme)


def folded(word: str) -> str:
    """In small letters, Latin ones without diacritics."""
    lower = word.lower()
    if not lower.isascii():
        lower = "".join(map(_bare, _DIACRITICS.sub("", lower))).replace("ς", "σ")
    return lower[:LONGEST]


def _bare(letter: str) -> str:
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first <= _LAST_LATIN else letter


def vector(content: str, marks: Iterable[str]) -> str:
    """The text of a tsvector: words with their places, and marks, which have none."""
    places: dict[str, list[int]] = {}
    size = 0
    for place, word in enumerate(words_of(content), 1):
        size += len(word.lexeme) * 4
        if place > MOST_WORDS or size > MOST_BYTES:
            break
        places.setdefault(word.lexeme, []).append(place)
    words = (f"{quoted(lexeme)}:{','.join(map(str, at))}" for lexeme, at in places.items())
    return " ".join([*words, *map(quoted, marks)])


def quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def phrase(lexemes: Sequence[str], *, is_prefix: bool) -> str:
    """The text of a tsquery for words that follow one another; with `is_prefix` the last one only begins so."""
    parts = [quoted(lexeme) for lexeme in lexemes]
    return f"({' <-> '.join(parts)}{':*' if is_prefix else ''})"
