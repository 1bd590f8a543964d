"""Which messages are read for the search by meaning, in which order, and what is kept of them."""

import pytest
from sqlalchemy import delete, select, text

from chat import wire
from chat.db import meaning_index
from chat.db.meaning_blocks import BLOCK
from chat.db.meaning_tables import meaning_blocks, message_meanings
from chat.db.tables import messages
from chat.jobs.meaning_samples import SAMPLES
from chat.services import changes, reactions
from chat.services.fused_search import FusedSearch
from chat.services.message_vectors import MessageVectors
from chat.services.room_endings import clear_deleted, delete_room
from tests.fakes.meaning import LENGTH, Understanding, vector_for
from tests.services.den import Den
from tests.services.seeker import Seeker


@pytest.fixture
def seeker(den: Den) -> Seeker:
    return Seeker(den)


def _begun(den: Den) -> MessageVectors:
    mind = MessageVectors(den.db)
    samples = [vector_for(words) for words in SAMPLES]
    mind.begin("fake", samples, samples)
    return mind


def _kept(den: Den) -> tuple[int, list[int]]:
    """How many vectors there are, and how many codes each block has; on PostgreSQL all are in one place."""
    with den.db.read() as read:
        vectors = read.all(select(message_meanings.c.number))
        if den.db.dialect == "postgresql":
            codes = read.scalar(text("SELECT count(*) FROM meaning_codes"))
            return len(vectors), [codes] if codes else []
        blocks = read.all(select(meaning_blocks.c.size, meaning_blocks.c.numbers, meaning_blocks.c.codes))
    assert all(len(block.numbers) == 8 * block.size for block in blocks)
    assert all(len(block.codes) in (LENGTH // 8 * block.size, 8 * block.size) for block in blocks)
    return len(vectors), [block.size for block in blocks]


def test_what_changes_while_it_is_read_is_read_again(den: Den, seeker: Seeker) -> None:
    said = den.say(den.ada, "a dog")
    seeker.searching.catch_up()
    mind = _begun(den)
    unread = mind.next_unread()
    assert unread and [row.content for row in unread.messages] == ["a dog"]
    changes.edit_message(den.db, den.ada.id, said.id, "a car", max_chars=100)
    assert mind.store(unread, [vector_for("a dog")])
    assert _kept(den) == (0, [])
    assert seeker.found(den.ada, "hound") == [] and seeker.found(den.ada, "automobile") == [said.id]


def test_new_messages_are_read_before_old_ones_and_those_from_the_newest_on(den: Den, seeker: Seeker) -> None:
    for number in range(meaning_index.BATCH + 3):
        den.say(den.ada, f"old {number}")
    seeker.searching.catch_up()
    mind = _begun(den)
    first = mind.next_unread()
    assert first and [row.content for row in first.messages][:2] == ["old 34", "old 33"]
    assert mind.store(first, [vector_for(row.content) for row in first.messages])
    den.say(den.ada, "new")
    seeker.searching.catch_up()
    second = mind.next_unread()
    assert second and [row.content for row in second.messages] == ["new"]
    assert mind.store(second, [vector_for("new")])
    third = mind.next_unread()
    assert third and [row.content for row in third.messages] == ["old 2", "old 1", "old 0"]
    assert seeker.search_in.search(den.ada.id, "old", "semantic").meaning.state == "reading"
    assert mind.store(third, [vector_for(row.content) for row in third.messages])
    assert mind.next_unread() is None


def test_long_messages_are_read_a_few_at_a_time(den: Den, seeker: Seeker) -> None:
    for _ in range(8):
        den.say(den.ada, "x" * 1000)
    seeker.searching.catch_up()
    mind = _begun(den)
    unread = mind.next_unread()
    assert unread and len(unread.messages) == 3


def test_what_was_not_stored_is_read_again_and_what_was_is_not(den: Den, seeker: Seeker) -> None:
    for number in range(3):
        den.say(den.ada, f"dog {number}")
    assert seeker.read_all() == 3
    den.say(den.ada, "dog again")
    reactions.react(den.db, den.ada.id, wire.React(message=den.history()[-1].id, emoji="👍"))
    other = Seeker(den)  # as after a crash
    assert other.read_all() == 1
    assert other.read_all() == 0


def test_another_model_reads_everything_anew(den: Den, seeker: Seeker) -> None:
    said = [den.say(den.ada, f"dog {number}").id for number in range(3)]
    seeker.read_all()
    seeker.mind = Understanding(den.db, "other", lambda words: vector_for(words)[:32])
    seeker.search_in = FusedSearch(den.db, seeker.searching, seeker.mind)
    assert seeker.search_in.search(den.ada.id, "hound", "semantic").hits == [], "vectors of two models are not compared"
    assert seeker.read_all() == 3
    assert sorted(seeker.found(den.ada, "hound")) == said
    assert _kept(den)[0] == 3


def test_a_text_that_the_model_cannot_read_does_not_stop_the_others(den: Den, seeker: Seeker) -> None:
    den.say(den.ada, "a dog")
    den.say(den.ada, "poison")
    seeker.searching.catch_up()
    mind = _begun(den)
    unread = mind.next_unread()
    assert unread
    assert mind.store(unread, [None if row.content == "poison" else vector_for(row.content) for row in unread.messages])
    assert mind.next_unread() is None and _kept(den)[0] == 1


def test_vectors_of_another_length_are_not_stored(den: Den, seeker: Seeker) -> None:
    den.say(den.ada, "a dog")
    seeker.searching.catch_up()
    mind = _begun(den)
    unread = mind.next_unread()
    assert unread and not mind.store(unread, [[1.0, 2.0]]) and _kept(den)[0] == 0


@pytest.mark.sqlite
def test_blocks_of_many_messages_are_found_to_the_last(den: Den, seeker: Seeker) -> None:
    said = den.say(den.ada, "a dog")
    for number in range(BLOCK + 20):
        den.say(den.ada, f"word{number}")
    assert seeker.found(den.ada, "hound")[0] == said.id
    assert _kept(den) == (BLOCK + 21, [BLOCK, 21])


@pytest.mark.sqlite
def test_nothing_is_read_while_a_message_is_sent(den: Den, seeker: Seeker) -> None:
    seeker.read_all()
    before = len(den.statements)
    den.say(den.ada, "a dog")
    assert not [one for one in den.statements[before:] if "meaning" in one]
    with den.db.read() as read:
        assert read.scalar(text("SELECT count(*) FROM message_meanings")) == 0


def test_an_edited_message_is_found_by_what_it_says_now(den: Den, seeker: Seeker) -> None:
    said = den.say(den.ada, "a dog")
    assert seeker.found(den.ada, "hound") == [said.id]
    changes.edit_message(den.db, den.ada.id, said.id, "a car", max_chars=100)
    assert seeker.search_in.search(den.ada.id, "hound", "semantic").hits == [], "at once"
    assert seeker.found(den.ada, "automobile") == [said.id]
    assert seeker.found(den.ada, "hound") == []
    assert _kept(den) == (1, [1])


@pytest.mark.sqlite
def test_a_deleted_message_is_gone_at_once_and_soon_from_the_file(den: Den, seeker: Seeker) -> None:
    said, kept = den.say(den.ada, "a dog"), den.say(den.ada, "a puppy")
    assert sorted(seeker.found(den.ada, "hound")) == [said.id, kept.id]
    changes.delete_message(den.db, den.ada.id, said.id)
    assert seeker.search_in.search(den.ada.id, "hound", "semantic").hits[0].id == kept.id
    assert _kept(den) == (1, [2])
    seeker.read_all()
    assert _kept(den) == (1, [1])
    with den.db.write() as uow:
        uow.execute(delete(messages))
    seeker.read_all()
    assert _kept(den) == (0, [0])


def test_a_deleted_room_leaves_nothing(den: Den, seeker: Seeker) -> None:
    den.say(den.ada, "a dog")
    seeker.read_all()
    delete_room(den.db, den.ada, den.room)
    assert seeker.found(den.ada, "hound") == []
    while clear_deleted(den.db):
        pass
    seeker.read_all()
    assert _kept(den) == (0, [])
