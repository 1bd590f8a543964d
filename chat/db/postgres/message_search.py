"""Full-text search of messages on PostgreSQL (tsvector and GIN), over what `message_index` keeps current."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chat.db import message_search
from chat.db.message_search import FEW_ROOMS, Page, TookTooLong, Wanted, Word
from chat.db.postgres import lexemes
from chat.db.postgres.message_index import author_mark, room_mark, trait_mark
from chat.db.prepared import Prepared, Record
from chat.db.unit_of_work import Reader

QUERY_CANCELED = "57014"  # by statement_timeout
MATCH_BEGINS, MATCH_ENDS = "\x01", "\x02"  # as SQLite's highlight() is told to set them
_FIND = """
    SELECT {shown}, messages.content AS marked
    FROM message_words
    JOIN search_documents ON search_documents.number = message_words.number
    JOIN messages ON messages.id = search_documents.message_id
    JOIN members ON members.room_id = messages.room_id AND members.user_id = :user
    LEFT JOIN users ON users.id = messages.author_id
    WHERE {matches} AND messages.room_id = ANY(CAST(:rooms AS varchar[]))
        AND message_words.number >= :first AND message_words.number < :below
        AND messages.created_at >= :since AND messages.created_at < :until AND messages.deleted_at IS NULL
        AND (NOT :is_pinned OR messages.pinned_at IS NOT NULL)
        AND (NOT :is_reacted OR EXISTS (SELECT 1 FROM reactions WHERE reactions.message_id = messages.id))
    ORDER BY message_words.number DESC LIMIT :limit
"""


def _finding(matches: str) -> Prepared:
    found = text(_FIND.format(shown=message_search.SHOWN, matches=matches))
    return Prepared(found.columns(*message_search.SHOWN_COLUMNS))


# Two, because a plan that holds for any words would not use their index.
_MATCHING, _ANY = _finding("message_words.words @@ CAST(:match AS tsquery)"), _finding("CAST(:match AS text) = ''")


def find(tx: Reader, user_id: str, wanted: Wanted, page: Page) -> list[Record]:
    """Messages in the asker's rooms, the newest first. Raises `TookTooLong`."""
    ends_at = time.monotonic() + page.longest_seconds
    match = match_of(wanted)
    asked = {**message_search.parameters_of(tx, user_id, wanted, page), "rooms": list(wanted.rooms), "match": match}
    found = run_until(tx, _MATCHING if match else _ANY, asked, ends_at)
    return [row._replace(marked=marked(row.marked, wanted.words)) for row in found]


def run_until(tx: Reader, statement: Prepared, parameters: dict[str, Any], ends_at: float) -> list[Record]:
    """Raises `TookTooLong` if it is not through by then (monotonic)."""
    left = int((ends_at - time.monotonic()) * 1000)
    if left <= 0:
        raise TookTooLong
    tx.execute(text(f"SET LOCAL statement_timeout = {left}"))
    try:
        return tx.run(statement, parameters)
    except DBAPIError as problem:
        if getattr(problem.orig, "sqlstate", None) == QUERY_CANCELED:
            raise TookTooLong from None
        raise


def match_of(wanted: Wanted, *, with_words: bool = True, with_rooms: bool = True) -> str:
    """The text of a tsquery; empty if it would say nothing. Few rooms stand in it by name, many are asked beside it."""
    parts = [lexemes.quoted(trait_mark(trait)) for trait in wanted.traits]
    parts += [found for word in wanted.words if with_words and (found := _phrase(word))]
    if wanted.authors is not None:
        parts.append(_any([author_mark(author) for author in wanted.authors]))
    if with_rooms and len(wanted.rooms) <= FEW_ROOMS:
        parts.append(_any([room_mark(room) for room in wanted.rooms]))
    parts += [f"!{found}" for word in wanted.without if (found := _phrase(word))]
    return " & ".join(part for part in parts if part)


def _any(marks: Sequence[str]) -> str:
    return f"({' | '.join(map(lexemes.quoted, marks))})" if marks else ""


def _phrase(word: Word) -> str:
    found = [one.lexeme for one in lexemes.words_of(word.text)]
    return lexemes.phrase(found, is_prefix=word.is_prefix) if found else ""


def marked(content: str, terms: Sequence[Word]) -> str:
    """The text with each match between MATCH_BEGINS and MATCH_ENDS, those that overlap as one."""
    words = list(lexemes.words_of(content))
    parts, at = list[str](), 0
    for start, end in _merged(span for term in terms for span in _spans(words, term)):
        parts += [content[at:start], MATCH_BEGINS, content[start:end], MATCH_ENDS]
        at = end
    return "".join([*parts, content[at:]])


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _spans(words: Sequence[lexemes.Word], term: Word) -> list[tuple[int, int]]:
    wanted = [one.lexeme for one in lexemes.words_of(term.text)]
    if not wanted:
        return []
    last = len(wanted) - 1
    return [
        (words[place].start, words[place + last].end)
        for place in range(len(words) - last)
        if all(
            words[place + step].lexeme.startswith(one)
            if term.is_prefix and step == last
            else words[place + step].lexeme == one
            for step, one in enumerate(wanted)
        )
    ]
