"""A database of an older version keeps all that is in it, and ends up with the tables that the code knows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, insert, select, text

from chat.db import meaning_tables  # noqa: F401  their tables, too
from chat.db.engine import open_engines
from chat.db.migrate import alembic_config, upgrade
from chat.db.tables import metadata, reactions, users
from tests.database import new_database

PERSON, ROOM, MESSAGE = "u" * 26, "r" * 26, "m" * 26
ROWS: dict[str, dict[str, Any]] = {
    "users": {"id": PERSON, "username": "ada", "display_name": "Ada", "password_hash": "x", "is_admin": False},
    "rooms": {"id": ROOM, "slug": "den", "name": "Den", "topic": "", "kind": "public", "models": "[]"}
    | {"reply_policy": "mention", "last_seq": 1, "last_rev": 1},
    "members": {"room_id": ROOM, "user_id": PERSON, "role": "owner", "last_read_seq": 0, "joined_at": 1},
    "messages": {"id": MESSAGE, "room_id": ROOM, "seq": 1, "rev": 1, "author_id": PERSON, "client_id": "c"}
    | {"content": "hello @ada"},
    "mentions": {"message_id": MESSAGE, "user_id": PERSON, "room_id": ROOM, "seq": 1},
    "jobs": {"id": "j" * 26, "message_id": MESSAGE, "room_id": ROOM, "user_id": PERSON, "model": "m", "options": "{}"}
    | {"bypass_cache": False, "state": "done", "attempt": 1},
}
WITHOUT_TIME = {"members", "mentions"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with new_database(tmp_path, template="template1") as url:
        write, read = open_engines(url)
        yield write
        write.dispose()
        read.dispose()


def _migrate(engine: Engine, revision: str) -> None:
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _fill(connection: Connection) -> None:
    """As the first version would have: with its columns only."""
    for table, row in ROWS.items():
        values = row if table in WITHOUT_TIME else row | {"created_at": 1}
        names = ", ".join(values)
        places = ", ".join(f":{name}" for name in values)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def test_a_database_of_the_first_version_keeps_everything(engine: Engine) -> None:
    _migrate(engine, "0001")
    with engine.begin() as connection:
        _fill(connection)
    upgrade(engine)
    with engine.begin() as connection:
        for table, row in ROWS.items():
            (kept,) = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            assert {name: _as_stored(kept[name]) for name in row} == row
        pinned = connection.execute(text("SELECT pinned_at, pinned_by FROM messages")).one()
        assert tuple(pinned) == (None, None)
        reaction = {"message_id": MESSAGE, "room_id": ROOM, "user_id": PERSON, "emoji": "👍", "rev": 2, "created_at": 2}
        connection.execute(insert(reactions), reaction)


def _as_stored(value: Any) -> Any:
    """PostgreSQL's driver reads JSON by itself."""
    return json.dumps(value) if isinstance(value, list | dict) else value


def test_a_process_of_the_version_before_goes_on_with_the_new_database(engine: Engine) -> None:
    """While several are replaced one after the other: it reads and writes the columns that it knows."""
    _migrate(engine, "0020")
    known = MetaData()
    known.reflect(engine)
    upgrade(engine)
    with engine.begin() as connection:
        _fill(connection)
        for table in known.sorted_tables:
            connection.execute(select(table))
        assert connection.execute(text("SELECT role, is_bot FROM users")).all() == [("member", False)]


def test_a_job_that_ran_in_an_older_version_counts_as_begun(engine: Engine) -> None:
    _migrate(engine, "0004")
    with engine.begin() as connection:
        _fill(connection)
        connection.execute(text("UPDATE jobs SET state = 'running', started_at = 7"))
    upgrade(engine)
    with engine.begin() as connection:
        row = connection.execute(text("SELECT state, heartbeat_at FROM jobs")).one()
        assert tuple(row) == ("generating", 7)


def test_whoever_was_there_first_owns_a_room_that_its_owner_had_left(engine: Engine) -> None:
    _migrate(engine, "0008")
    with engine.begin() as connection:
        _fill(connection)
        for name in ("early", "later"):
            user = {"id": name.ljust(26, "x"), "name": name}
            connection.execute(text("INSERT INTO users VALUES (:id, :name, :name, 'x', false, 1, NULL)"), user)
            joined = {"user": user["id"], "at": 2 if name == "early" else 3}
            connection.execute(
                text("INSERT INTO members VALUES (:room, :user, 'member', 1, :at)"), joined | {"room": ROOM}
            )
        connection.execute(text("DELETE FROM members WHERE user_id = :id"), {"id": PERSON})
    upgrade(engine)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT role, last_read_seq, furthest_read_seq FROM members ORDER BY joined_at"))
        assert [tuple(row) for row in rows] == [("owner", 1, 1), ("member", 1, 1)]


@pytest.mark.sqlite
def test_what_was_said_in_an_older_version_can_be_searched(engine: Engine) -> None:
    _migrate(engine, "0009")
    with engine.begin() as connection:
        _fill(connection)
        deleted = {"id": "n" * 26, "seq": 2, "content": "", "deleted_at": 1}
        writing = {"id": "o" * 26, "seq": 3, "content": "hello", "reply_phase": "generating", "model": "m"}
        for row in (deleted, writing):
            columns = {**ROWS["messages"], "created_at": 1, **row, "client_id": row["id"], "rev": row["seq"]}
            names, places = ", ".join(columns), ", ".join(f":{name}" for name in columns)
            connection.execute(text(f"INSERT INTO messages ({names}) VALUES ({places})"), columns)
    upgrade(engine)
    with engine.begin() as connection:
        query = "SELECT message_id FROM message_search JOIN search_documents ON number = message_search.rowid"
        for word, found in (("hello", [MESSAGE]), ("goodbye", [])):
            assert connection.execute(text(f"{query} WHERE message_search MATCH '{word}'")).scalars().all() == found
        connection.execute(text("UPDATE messages SET content = 'goodbye' WHERE id = :id"), {"id": MESSAGE})
        assert connection.execute(text(f"{query} WHERE message_search MATCH 'hello'")).scalars().all() == []


@pytest.mark.sqlite
def test_what_agents_said_in_an_older_version_is_found_by_their_handle(engine: Engine) -> None:
    _migrate(engine, "0009")
    with engine.begin() as connection:
        _fill(connection)
        agent = '{"agent": {"id": "' + "a" * 26 + '", "handle": "critic", "name": "Critic"}}'
        said = ROWS["messages"] | {"id": "n" * 26, "seq": 2, "author_id": None, "client_id": "r", "created_at": 1}
        said |= {"model": "m", "reply_phase": "done", "reply": agent}
        names, places = ", ".join(said), ", ".join(f":{name}" for name in said)
        connection.execute(text(f"INSERT INTO messages ({names}) VALUES ({places})"), said)
    found_by = "SELECT message_id FROM message_search JOIN search_documents ON number = message_search.rowid"

    def found(author: str) -> list[str]:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"))
            return list(connection.execute(text(f"{found_by} WHERE author MATCH '{author}'")).scalars())

    handle, model = b"critic".hex(), b"m".hex()
    _migrate(engine, "0016")
    assert (found(handle), found(model), found(PERSON)) == ([], ["n" * 26], [MESSAGE])
    upgrade(engine)
    assert (found(handle), found(model), found("a" * 26), found(PERSON)) == (*([["n" * 26]] * 3), [MESSAGE])
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0017")
    assert (found(handle), found(model), found(PERSON)) == ([], ["n" * 26], [MESSAGE])


def test_somebody_who_goes_takes_no_pinned_message_along(engine: Engine) -> None:
    upgrade(engine)
    other = "o" * 26
    with engine.begin() as connection:
        _fill(connection)
        mira = ROWS["users"] | {"id": other, "username": "mira", "created_at": 1}
        connection.execute(insert(users).values(mira))
        connection.execute(text("UPDATE messages SET pinned_at = 1, pinned_by = :id"), {"id": other})
        connection.execute(text("DELETE FROM users WHERE id = :id"), {"id": other})
        assert connection.execute(text("SELECT pinned_by FROM messages")).scalar_one() is None


def test_the_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    upgrade(engine)
    # SQLAlchemy does not see all of a foreign key that was added to an SQLite table later; SQLite does: below.
    # The index of the search is a virtual table with tables of its own; PostgreSQL's are its own as well.
    own = ("message_search", "message_words", "meaning_codes", "commit_marks")
    is_sqlite = engine.dialect.name == "sqlite"
    options = {
        "include_object": lambda thing, name, kind, reflected, other: kind != "foreign_key_constraint" or not is_sqlite,
        "include_name": lambda name, kind, parents: kind != "table" or not name.startswith(own),
    }
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


@pytest.mark.sqlite
@pytest.mark.parametrize("table", metadata.tables)
def test_the_migrations_make_the_foreign_keys_that_the_code_knows(engine: Engine, table: str) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        made = connection.execute(text(f"PRAGMA foreign_key_list({table})")).all()
    known = metadata.tables[table].foreign_keys
    assert {(row[3], row[2], row[6]) for row in made} == {
        (key.parent.name, key.column.table.name, key.ondelete) for key in known
    }


def test_a_migrated_database_is_left_alone(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def test_going_back_to_the_first_version_keeps_the_messages(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        _fill(connection)
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert connection.execute(text("SELECT content FROM messages")).scalar_one() == "hello @ada"
        assert connection.execute(text("SELECT count(*) FROM mentions")).scalar_one() == 1


def test_reactions_of_an_older_version_are_those_of_their_rooms(engine: Engine) -> None:
    _migrate(engine, "0016")
    with engine.begin() as connection:
        _fill(connection)
        row = {"message": MESSAGE, "person": PERSON}
        connection.execute(text("INSERT INTO reactions VALUES (:message, :person, '👍', 2, 2)"), row)
    upgrade(engine)
    with engine.begin() as connection:
        (kept,) = connection.execute(text("SELECT message_id, emoji, room_id FROM reactions"))
        assert tuple(kept) == (MESSAGE, "👍", ROOM)
