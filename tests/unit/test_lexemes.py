"""The words that PostgreSQL is given are those that SQLite's tokenizer finds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.db.message_search import Word
from chat.db.postgres.lexemes import MOST_WORDS, vector, words_of
from chat.db.postgres.message_search import marked

WRITTEN = st.text(st.sampled_from("aZé\u0301ßİıñÅпÐ09_-'’.@/\\ \n😀²½"), max_size=30)


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE texts USING fts5(content, tokenize='unicode61 remove_diacritics 2')")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance)")
        yield connection


@given(WRITTEN)
@example("Ünïcode can't e-mail a.b@example.org x_y 3.14 ½ straße ΣΊΣΥΦΟΣ")
def test_both_databases_find_the_same_words(sqlite: sqlite3.Connection, text: str) -> None:
    sqlite.execute("DELETE FROM texts")
    sqlite.execute("INSERT INTO texts VALUES (?)", (text,))
    found = sqlite.execute("SELECT term FROM words ORDER BY offset").fetchall()
    assert [word.lexeme for word in words_of(text)] == [term for (term,) in found]


def test_without_blanks_each_character_is_a_word() -> None:
    assert [word.lexeme for word in words_of("東京tower")] == ["東", "京", "tower"]


def test_a_word_knows_where_it_stands() -> None:
    text = "a Cafe\u0301, two"
    assert [text[word.start : word.end] for word in words_of(text)] == ["a", "Cafe\u0301", "two"]


def test_a_vector_has_the_places_of_words_and_none_of_marks() -> None:
    assert vector("to be or not TO be", ["room:r's"]) == "'to':1,5 'be':2,6 'or':3 'not':4 'room:r''s'"
    assert len(vector("word " * (MOST_WORDS + 5), []).split(",")) == MOST_WORDS


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([Word("comma")], "a trailing [comma], a [comma]"),
        ([Word("trailing comma")], "a [trailing comma], a comma"),
        ([Word("tr", is_prefix=True)], "a [trailing] comma, a comma"),
        ([Word("trailing c", is_prefix=True)], "a [trailing comma], a comma"),
        ([Word("trailing"), Word("trailing comma")], "a [trailing comma], a comma"),
        ([Word("nothing")], "a trailing comma, a comma"),
        ([Word("!")], "a trailing comma, a comma"),
    ],
)
def test_what_matches_is_marked(terms: list[Word], expected: str) -> None:
    found = marked("a trailing comma, a comma", terms)
    assert found.replace("\x01", "[").replace("\x02", "]") == expected
