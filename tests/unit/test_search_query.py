"""What is typed to search becomes words and filters, and nothing of it is ever an expression of the index."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.db.message_search import Wanted, Word, match_of
from chat.domain.search_query import MAX_CHARS, MAX_TERMS, SearchQuery, Term, parse_query
from chat.errors import InvalidInput

NOV_1, NOV_2 = 1_793_491_200_000, 1_793_577_600_000  # of 2026, at midnight UTC


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trailing comma", SearchQuery(terms=(Term("trailing"), Term("comma")))),
        ('"trailing comma" fix', SearchQuery(terms=(Term("trailing comma"), Term("fix")))),
        ("“trailing comma”", SearchQuery(terms=(Term("trailing comma"),))),
        ('"never closed', SearchQuery(terms=(Term("never closed"),))),
        ("migr*", SearchQuery(terms=(Term("migr", is_prefix=True),))),
        ('lock -table -"old worker"', SearchQuery(terms=(Term("lock"),), without=(Term("table"), Term("old worker")))),
        ("from:@Ada in:#release-4-2", SearchQuery(author="ada", room="release-4-2")),
        ("FROM:ada", SearchQuery(author="ada")),
        ("before:2026-11-01", SearchQuery(until=NOV_1)),
        ("after:2026-11-01", SearchQuery(since=NOV_2)),
        ("has:code has:pin", SearchQuery(has=frozenset({"code", "pin"}))),
        ("http://x.test/a AND OR", SearchQuery(terms=(Term("http://x.test/a"), Term("AND"), Term("OR")))),
        ("from:", SearchQuery(terms=(Term("from:"),))),
        ("?! fix …", SearchQuery(terms=(Term("fix"),))),
    ],
)
def test_words_phrases_and_operators_are_told_apart(typed: str, meant: SearchQuery) -> None:
    assert parse_query(typed) == meant


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "Write a word"),
        (" \x00?! ", "Write a word"),
        ("m*", "at least 2 letters"),
        ("run_b*", "at least 2 letters"),
        ("has:cake", "code, link, reaction or pin"),
        ("before:yesterday", "such as 2026-11-01"),
        ("after:2026-02-31", "such as 2026-11-01"),
        ("after:9999-12-31", "such as 2026-11-01"),
        ("before:２０２６-11-01", "such as 2026-11-01"),
        ("-from:ada", "before a word or a phrase"),
        ("x" * (MAX_CHARS + 1), f"{MAX_CHARS} characters"),
        (" ".join(f"w{number}" for number in range(MAX_TERMS + 1)), f"{MAX_TERMS} words"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_advice(typed: str, advice: str) -> None:
    with pytest.raises(InvalidInput, match=advice) as refusal:
        parse_query(typed)
    assert refusal.value.field == "q"


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """With a message that says nothing, in a room and by an author that are called like words."""
    connection = sqlite3.connect(":memory:")
    options = "content='', columnsize=0, tokenize='unicode61 remove_diacritics 2', prefix='2 3'"
    connection.execute(
        f"CREATE VIRTUAL TABLE message_search USING fts5(content, room, author, traits, characters, {options})"
    )
    rows = [(1, "secret word ab abc", "room1", "ada", "code link"), (2, "Café lock_file", "room1", "ada", "code")]
    connection.executemany("INSERT INTO message_search (rowid, content, room, author, traits) VALUES (?,?,?,?,?)", rows)
    return connection


def _find(index: sqlite3.Connection, typed: str, **more: object) -> set[int]:
    query = parse_query(typed)
    words, without = ([Word(t.text, t.is_prefix) for t in terms] for terms in (query.terms, query.without))
    wanted = Wanted(rooms=["room1"], words=words, without=without, **more)  # type: ignore[arg-type]  # passed through
    rows = index.execute(
        "SELECT rowid FROM message_search WHERE message_search MATCH ?", (match_of(wanted, in_rooms=True),)
    )
    return {row[0] for row in rows}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cafe", {2}),
        ("LOCK_file", {2}),
        ("lo*", {2}),
        ("ab*", {1}),
        ('"secret word"', {1}),
        ('"word secret"', set()),
        ("secret -word", set()),
        ("-word", {2}),
        ("room1", set()),
        ("ada", set()),
        ("code", set()),
        ('") OR room : ("room1', set()),
        ("{content room} : room1", set()),
        ("NEAR(secret word)", set()),
    ],
)
def test_words_are_looked_for_in_the_text_alone(index: sqlite3.Connection, typed: str, found: set[int]) -> None:
    assert _find(index, typed) == found


@given(st.text(max_size=80) | st.text(alphabet="\"*:-^(){}+, \x00'abcNEARORNOTroom1content", max_size=80))
@example('a"b')
@example('"" *')
@example("\x00word")
@example("\ud800word")
@example('猫" OR room : "room1')
def test_nothing_that_is_typed_breaks_the_index_or_reaches_another_column(typed: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        options = "content='', columnsize=0, tokenize='unicode61 remove_diacritics 2', prefix='2 3'"
        connection.execute(
            f"CREATE VIRTUAL TABLE message_search USING fts5(content, room, author, traits, characters, {options})"
        )
        everything = "room1 content NEAR OR NOT AND ab abc"
        rows = [(1, "", everything, everything, everything), (2, "", "other", everything, everything)]
        connection.executemany(
            "INSERT INTO message_search (rowid, content, room, author, traits) VALUES (?,?,?,?,?)", rows
        )
        try:
            query = parse_query(typed)
        except InvalidInput:
            return
        found = _find(connection, typed)
        assert found == (set() if query.terms else {1})
