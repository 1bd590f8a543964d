"""The index of messages follows every change of them."""

from pathlib import Path

import pytest
from sqlalchemy import delete, text

from chat import wire
from chat.db import message_index
from chat.db.search_engines import search_engine_of
from chat.db.tables import users
from chat.services import changes, reopening, replies
from chat.services.searching import Searching
from tests.services.den import Den, job_of


@pytest.fixture
def searching(den: Den) -> Searching:
    return Searching(den.db, lambda work: work())


def _found(searching: Searching, person: wire.User, typed: str, limit: int = 20) -> list[str]:
    return [hit.id for hit in searching.search(person.id, typed, limit=limit).hits]


def test_what_was_edited_is_found_by_its_new_words_only(den: Den, searching: Searching) -> None:
    said = den.say(den.ada, "the password is swordfish")
    assert _found(searching, den.ada, "swordfish") == [said.id]
    changes.edit_message(den.db, den.ada.id, said.id, "the password is elsewhere", max_chars=100)
    assert _found(searching, den.ada, "swordfish") == []
    assert _found(searching, den.ada, "elsewhere") == [said.id]
    den.say(den.ada, "elsewhere, later")
    assert _found(searching, den.ada, "elsewhere")[1] == said.id, "it keeps its place"


def test_what_was_deleted_is_found_no_more(den: Den, searching: Searching) -> None:
    said = den.say(den.ada, "swordfish")
    unseen = den.say(den.ada, "swordfish too")
    assert _found(searching, den.mira, "swordfish") == [unseen.id, said.id]
    changes.delete_message(den.db, den.ada.id, said.id)
    assert _found(searching, den.mira, "swordfish") == [unseen.id]
    with den.db.write() as uow:
        uow.execute(delete(users).where(users.c.id == den.ada.id))
    assert _found(searching, den.mira, "swordfish") == []
    _require_whole(den)


@pytest.mark.sqlite
def test_deleted_words_leave_the_file_when_the_index_is_cleaned(den: Den, searching: Searching, tmp_path: Path) -> None:
    for number in range(40):
        den.say(den.ada, f"other words {number}")
        searching.catch_up()
    secret = den.say(den.ada, "xyzzyplugh")
    searching.catch_up()
    kept = den.say(den.ada, "kept")
    searching.catch_up()
    changes.delete_message(den.db, den.ada.id, secret.id)
    assert _is_in_index(den, b"xyzzyplugh"), "FTS5 notes only that it is gone"
    searching.clean()
    assert not _is_in_index(den, b"xyzzyplugh")
    with den.db.read() as read:
        assert message_index.last_removal(read) is None
    assert _found(searching, den.ada, "kept") == [kept.id] and len(_found(searching, den.ada, "other", limit=50)) == 40
    _require_whole(den)


def _is_in_index(den: Den, word: bytes) -> bool:
    """Prefixes are indexed as well, but a word that is nowhere has none that matter."""
    with den.db.read() as read:
        blocks = read.all(text("SELECT block FROM message_search_data"))
    return any(word[3:] in bytes(row.block) for row in blocks)


def _require_whole(den: Den) -> None:
    """What FTS5 itself finds wrong with the index; PostgreSQL looks after its own."""
    if den.db.dialect != "sqlite":
        return
    with den.db.write() as uow:
        uow.execute(text("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"))


def test_a_reply_is_found_when_it_is_closed_and_by_its_model(den: Den, searching: Searching) -> None:
    _, reply = den.ask(den.ada, "which fix?")
    job = replies.start_job(den.db, job_of(den.db, reply.id), "generating")
    assert job
    replies.save_text(den.db, job, "strip the empty field")
    assert _found(searching, den.ada, "strip") == []
    replies.close_reply(den.db, job, "done", "strip the empty field first", {"finish": "stop"})
    assert _found(searching, den.ada, "strip from:m") == [reply.id]
    reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id))
    assert _found(searching, den.ada, "strip") == [], "a text that is to be replaced is hidden"
    den.close(reply, "another answer")
    assert _found(searching, den.ada, "strip") == [] and _found(searching, den.ada, "another") == [reply.id]
    _require_whole(den)


def test_more_than_one_batch_is_caught_up_with_before_a_search(den: Den, searching: Searching) -> None:
    first = den.say(den.ada, "first")
    other = den.new_room("public")
    for number in range(message_index.BATCH + 5):
        den.say(den.ada, f"number {number}", other if number % 2 else den.room)
    assert _found(searching, den.ada, "first") == [first.id]
    assert _found(searching, den.ada, f"number {message_index.BATCH + 4}", limit=1) != []
    with den.db.read() as read:
        assert not message_index.has_changes(read)
    _require_whole(den)


def test_long_messages_make_a_batch_of_few(den: Den, searching: Searching) -> None:
    other = den.new_room("public")
    fitting = message_index.BATCH_CHARS // 1000
    for number in range(fitting + 1):
        den.say(den.ada, f"long {number} ".ljust(1000, "x"), other if number % 2 else den.room)
    with den.db.write() as uow:
        assert search_engine_of(den.db).index_changes(uow)
        assert uow.scalar(text("SELECT count(*) FROM search_documents")) == fitting
    with den.db.write() as uow:
        assert not search_engine_of(den.db).index_changes(uow)
    assert len(_found(searching, den.ada, "long", limit=fitting + 1)) == fitting + 1
    _require_whole(den)


@pytest.mark.sqlite
def test_a_damaged_index_is_made_anew_from_the_messages(den: Den, searching: Searching) -> None:
    said = den.say(den.ada, "word")
    gone = den.say(den.ada, "word, deleted")
    searching.catch_up()
    changes.delete_message(den.db, den.ada.id, gone.id)
    with den.db.write() as uow:
        uow.execute(text("UPDATE message_search_data SET block = x'00' WHERE id > 10"))
    with den.db.write() as uow:
        uow.execute(text("INSERT INTO message_search (message_search) VALUES ('rebuild')"))
    assert _found(searching, den.ada, "word") == [said.id]
    _require_whole(den)


def test_nothing_is_indexed_while_a_message_is_sent(den: Den, searching: Searching) -> None:
    searching.catch_up()
    den.say(den.ada, "word")
    with den.db.read() as read:
        assert message_index.has_changes(read)
        assert read.scalar(text("SELECT count(*) FROM search_documents")) == 0
