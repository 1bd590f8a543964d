"""What somebody types to search messages: words, "phrases", prefix*, -without, and operators such as from:ada."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, cast, get_args

from chat.domain.text import clean_line
from chat.errors import InvalidInput

Trait = Literal["code", "link", "reaction", "pin"]

MAX_CHARS = 500
MAX_TERMS = 20
LEAST_PREFIX = 2  # letters before a *: with one, a good part of all words would be meant
_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_OPERATOR = re.compile(r"(from|in|before|after|has):(.+)", re.IGNORECASE)
_QUOTES = str.maketrans("“”„«»", '"""""')  # as phones and word processors type them


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase, or with `is_prefix` how a word begins."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """All `terms` and none of `without`. Times are in milliseconds; `until` is the first that does not count."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    author: str | None = None
    room: str | None = None
    since: int | None = None
    until: int | None = None
    has: frozenset[Trait] = frozenset()


def parse_query(raw: str) -> SearchQuery:
    """Raises `InvalidInput` that says what to write instead."""
    if len(raw) > MAX_CHARS:
        raise _bad(f"A search has at most {MAX_CHARS} characters.")
    query = SearchQuery()
    for minus, phrase, word in _TOKEN.findall(clean_line(raw).translate(_QUOTES)):
        operator = _OPERATOR.fullmatch(word)
        if operator:
            if minus:
                raise _bad("“-” goes before a word or a phrase, not before “from:” and the like.")
            query = _with_operator(query, operator[1].lower(), operator[2].strip('"'))
        else:
            query = _with_term(query, phrase or word, is_phrase=bool(phrase), is_unwanted=bool(minus))
    if query == SearchQuery():
        raise _bad("Write a word to search for.")
    if len(query.terms) + len(query.without) > MAX_TERMS:
        raise _bad(f"A search has at most {MAX_TERMS} words.")
    return query


def _bad(words: str) -> InvalidInput:
    return InvalidInput(words, field="q")


def _with_term(query: SearchQuery, text: str, *, is_phrase: bool, is_unwanted: bool) -> SearchQuery:
    """Signs alone are no word: nothing is found by them, so they are left out."""
    is_prefix = not is_phrase and text.endswith("*")
    text = text.rstrip("*") if is_prefix else text
    if not any(map(_is_letter, text)):
        return query
    if is_prefix and not all(map(_is_letter, text[-LEAST_PREFIX:])) or is_prefix and len(text) < LEAST_PREFIX:
        raise _bad(f"Write at least {LEAST_PREFIX} letters before “*”.")
    term = Term(text, is_prefix)
    if is_unwanted:
        return replace(query, without=(*query.without, term))
    return replace(query, terms=(*query.terms, term))


def _is_letter(character: str) -> bool:
    """Or a digit: what words are made of for the index."""
    return unicodedata.category(character)[0] in "LN"


def _with_operator(query: SearchQuery, name: str, value: str) -> SearchQuery:
    if name == "from":
        return replace(query, author=value.removeprefix("@").lower())
    if name == "in":
        return replace(query, room=value.removeprefix("#"))
    if name == "has":
        return replace(query, has=query.has | {_trait(value.lower())})
    if name == "before":
        return replace(query, until=_day(value))
    return replace(query, since=_day(value, later=1))


def _trait(value: str) -> Trait:
    if value not in get_args(Trait):
        raise _bad("“has:” takes code, link, reaction or pin.")
    return cast(Trait, value)


def _day(value: str, *, later: int = 0) -> int:
    """When a day begins, or one that is so many later, in milliseconds."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            day = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=later)
            return int(day.timestamp() * 1000)
    except (ValueError, OverflowError):  # no such day, or none that comes after it
        pass
    raise _bad("“before:” and “after:” take a day, such as 2026-11-01.")
