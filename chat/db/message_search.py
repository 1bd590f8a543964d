"""Full-text search of messages on SQLite (FTS5), over what `message_index` keeps current."""

import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, String, Text, text
from sqlalchemy.exc import DBAPIError

from chat.db.prepared import Prepared, Record
from chat.db.unit_of_work import Reader

FEW_ROOMS = 8  # so many are asked for by name at once
LOOKED_AT = 300  # thousands of steps that the search of all rooms may take before it goes room by room
LONGEST_SECONDS = 2.0
CLOCK_SLACK_MS = 3_600_000  # a clock may have been set back so far: places in the index are in the order of arrival
LAST = 2**62
CONTENT, CHARACTERS = "content", "characters"  # columns of the index, and where they stand in it
_PLACES = {CONTENT: 0, CHARACTERS: 4}
_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")  # as the index has it

# What is shown of a message that was found, beside its text as `marked`.
SHOWN = """
    messages.id, messages.room_id, messages.seq, messages.author_id, messages.model, messages.reply,
    messages.created_at, users.username, users.display_name, users.deactivated_at,
    users.is_bot, messages.author_name
"""
SHOWN_COLUMNS = (
    Column("id", String),
    Column("room_id", String),
    Column("seq", BigInteger),
    Column("author_id", String),
    Column("model", String),
    Column("reply", JSON),
    Column("created_at", BigInteger),
    Column("username", String),
    Column("display_name", String),
    Column("deactivated_at", BigInteger),
    Column("is_bot", Boolean),
    Column("author_name", String),
    Column("marked", Text),
)
_FIND = Prepared(
    text(f"""
    SELECT {SHOWN}, highlight(message_search, :marked, char(1), char(2)) AS marked
    FROM message_search
    CROSS JOIN search_documents ON search_documents.number = message_search.rowid
    CROSS JOIN messages ON messages.id = search_documents.message_id
    CROSS JOIN members ON members.room_id = messages.room_id AND members.user_id = :user
    LEFT JOIN users ON users.id = messages.author_id
    WHERE message_search MATCH :match AND message_search.rowid >= :first AND message_search.rowid < :below
        AND messages.created_at >= :since AND messages.created_at < :until AND messages.deleted_at IS NULL
        AND (NOT :is_pinned OR messages.pinned_at IS NOT NULL)
        AND (NOT :is_reacted OR EXISTS (SELECT 1 FROM reactions WHERE reactions.message_id = messages.id))
    ORDER BY message_search.rowid DESC LIMIT :limit
    """).columns(*SHOWN_COLUMNS)
)
_PLACE = Prepared(
    text("""
    SELECT number FROM search_documents WHERE message_id >= :message ORDER BY message_id LIMIT 1
    """).columns(Column("number", BigInteger))
)
_NEXT_PLACE = Prepared(
    text("""
    SELECT number, created_at FROM search_documents JOIN messages ON messages.id = message_id
    WHERE number >= :number ORDER BY number LIMIT 1
    """).columns(Column("number", BigInteger), Column("created_at", BigInteger))
)


@dataclass(frozen=True, slots=True)
class Word:
    """Or several that follow one another; with `is_prefix` the beginning of the last one."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a message must have: each of `words` and `traits`, none of `without`, one of `rooms` and of `authors`.

    An author is the id of a person or an agent, an agent's handle, or a model's name. Times are in milliseconds,
    `until` is the first that is too late.
    """

    rooms: Sequence[str]
    words: Sequence[Word] = ()
    without: Sequence[Word] = ()
    authors: Sequence[str] | None = None
    traits: Sequence[str] = ()
    since: int = 0
    until: int = LAST
    is_pinned: bool = False
    is_reacted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """So many of them that came before a message (its id), and how much may be done to find them."""

    before: str | None
    limit: int
    longest_seconds: float = LONGEST_SECONDS
    looked_at: int = LOOKED_AT


class TookTooLong(Exception):
    """The search was given up."""


def find(tx: Reader, user_id: str, wanted: Wanted, page: Page) -> list[Record]:
    """Messages in the asker's rooms, the newest first. Touches no lock, so it may run in a native thread.

    Raises `TookTooLong`. A word that is said all over the server, and seldom in the asker's rooms, is found best by
    asking for the rooms by name; any other by looking at each message whether it may be read. Which it is shows soon.
    """
    parameters = parameters_of(tx, user_id, wanted, page)
    anywhere = match_of(wanted, in_rooms=False)
    ends_at = time.monotonic() + page.longest_seconds
    if anywhere and len(wanted.rooms) > FEW_ROOMS:
        with suppress(TookTooLong):
            return run_patiently(tx, _FIND, {**parameters, "match": anywhere}, Patience(ends_at, page.looked_at))
    named = {**parameters, "match": match_of(wanted, in_rooms=True)}
    return run_patiently(tx, _FIND, named, Patience(ends_at))


def parameters_of(tx: Reader, user_id: str, wanted: Wanted, page: Page) -> dict[str, Any]:
    first, below = places_of(tx, wanted)
    if page.before is not None:
        place = tx.run(_PLACE, {"message": page.before})
        below = min(below, place[0].number if place else LAST)
    return {
        "user": user_id,
        "first": first,
        "below": below,
        "since": wanted.since,
        "until": wanted.until,
        "is_pinned": wanted.is_pinned,
        "is_reacted": wanted.is_reacted,
        "limit": page.limit,
        "marked": _PLACES[_column_of(wanted.words)],
    }


def places_of(tx: Reader, wanted: Wanted) -> tuple[int, int]:
    """The first place that may be of the right time, and the first that may not."""
    first = _place_at(tx, wanted.since - CLOCK_SLACK_MS) if wanted.since else 0
    return first, _place_at(tx, wanted.until + CLOCK_SLACK_MS) if wanted.until < LAST else LAST


@dataclass(slots=True)
class Patience:
    """Asked every thousand steps of SQLite's machine. How long they take depends on the machine, so both count."""

    ends_at: float
    calls_left: int = LAST

    def is_over(self) -> bool:
        self.calls_left -= 1
        return self.calls_left < 0 or time.monotonic() > self.ends_at


def run_patiently(tx: Reader, statement: Prepared, parameters: dict[str, Any], patience: Patience) -> list[Record]:
    """Raises `TookTooLong` if the patience comes to its end."""
    try:
        return tx.run_watched(statement, parameters, patience.is_over)
    except DBAPIError as problem:
        if getattr(problem.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise TookTooLong from None
        raise


def _place_at(tx: Reader, ms: int) -> int:
    """The first place from which on messages are as new as that, found by halving."""
    low, high = 0, LAST
    while low < high:
        middle = (low + high) // 2
        found = tx.run(_NEXT_PLACE, {"number": middle})
        if found and found[0].created_at < ms:
            low = found[0].number + 1
        else:
            high = middle
    return low


def match_of(wanted: Wanted, *, in_rooms: bool, with_words: bool = True) -> str:
    """The expression for FTS5; empty if it would say nothing. What people type stands between quotes in it."""
    parts = [f"traits : {_quoted(trait)}" for trait in wanted.traits]
    if with_words:
        parts += _phrases(_column_of(wanted.words), wanted.words)
    if wanted.authors is not None:
        parts.append(f"author : ({_any(map(_author_word, wanted.authors))})")
    if in_rooms:
        parts.append(f"room : ({_any(wanted.rooms)})")
    if not parts or not wanted.without:
        return " AND ".join(parts)
    unwanted = " OR ".join(phrase for word in wanted.without for phrase in _phrases(_column_of([word]), [word]))
    return f"({' AND '.join(parts)}) NOT ({unwanted})"


def _column_of(words: Sequence[Word]) -> str:
    """Where they are looked for. Chinese and Japanese have no blanks between words: there each character is one.

    What else stands in such a message is in that column, too, so all that is typed with them is looked for there.
    """
    return CHARACTERS if any(_WITHOUT_BLANKS.search(word.text) for word in words) else CONTENT


def _phrases(column: str, words: Sequence[Word]) -> list[str]:
    if column == CHARACTERS:
        return [f"{column} : {_quoted(' '.join(word.text))}" for word in words]
    return [f"{column} : {_phrase(word)}" for word in words]


def _any(words: Iterable[str]) -> str:
    return " OR ".join(map(_quoted, words)) or '""'


def _phrase(word: Word) -> str:
    return _quoted(word.text) + (" *" if word.is_prefix else "")


def _quoted(words: str) -> str:
    doubled = words.replace('"', '""')
    return f'"{doubled}"'


def _author_word(author: str) -> str:
    """As the index has it: ids are words, and models' names may have any sign."""
    return author if author.isalnum() and len(author) == 26 else author.encode().hex().upper()
