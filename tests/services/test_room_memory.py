"""The note of a room's older messages: made behind people's questions, edited by owners, gone with what it tells of."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from chat import wire
from chat.db.tables import messages as message_rows
from chat.db.tables import room_memories
from chat.domain.conversation import MAX_MESSAGES
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from chat.services import changes, contexts, reopening, replies, room_endings, room_memory, summaries
from tests.services.den import Den, job_of
from tests.services.noting import edit, make, note_of, piece_of, say_many, switch, told


def test_nothing_is_noted_while_a_prompt_holds_all_of_the_room(den: Den) -> None:
    say_many(den, MAX_MESSAGES)
    assert piece_of(den) is None
    assert note_of(den).model_dump(include={"is_on", "version", "kept", "made", "up_to_seq"}) == {
        "is_on": True,
        "version": 0,
        "kept": "",
        "made": "",
        "up_to_seq": 0,
    }


def test_what_has_fallen_out_is_noted_and_half_of_a_prompt_with_it(den: Den) -> None:
    say_many(den, MAX_MESSAGES + 1)
    make(den, "They made remarks.")
    note = note_of(den, den.mira)
    assert (note.made, note.model, note.from_seq, note.version) == ("They made remarks.", "llama3", 1, 1)
    assert note.up_to_seq == MAX_MESSAGES // 2 + 1
    assert piece_of(den) is None
    say_many(den, MAX_MESSAGES // 2)
    assert piece_of(den) is None, "what has fallen out is in the note already"
    den.say(den.mira, "one more")
    piece = make(den, "They made more remarks.")
    assert "They made remarks." in piece.question[1].content and piece.read[0][0] == note.up_to_seq + 1
    assert [(change.room, change.version) for change in told(den)] == [(den.room, 1), (den.room, 2)]


def test_a_small_model_notes_in_pieces_and_each_of_them_is_kept(den: Den) -> None:
    for number in range(20):
        den.say(den.mira, f"<{number}> " + "word " * 150)
    seen: list[int] = []
    while piece := piece_of(den, 1024):
        assert sum(len(turn.content) for turn in piece.question) <= 1024 * 3.5 * 0.75
        assert summaries.keep_summary(den.db, piece, f"up to {piece.read[-1][0]}", "small")
        seen += [seq for seq, _ in piece.read]
    assert seen == list(range(1, len(seen) + 1)) and len(seen) >= 16
    assert note_of(den).made == f"up to {seen[-1]}"


def test_a_long_past_is_not_read_from_its_beginning(den: Den) -> None:
    say_many(den, summaries.FARTHEST + MAX_MESSAGES)
    piece = make(den, "Many remarks.")
    assert piece.read[0][0] == MAX_MESSAGES // 2 + 1
    assert note_of(den).from_seq == piece.read[0][0]


def test_an_owners_words_stay_and_later_notes_build_on_them(den: Den) -> None:
    say_many(den)
    make(den, "A model's words.")
    edited = edit(den, "Ada's words.")
    assert (edited.kept, edited.made, edited.edited_by, edited.model) == ("Ada's words.", "", "Ada", None)
    say_many(den)
    piece = make(den, "What came later.")
    assert "Ada's words." in piece.question[1].content and "A model's words." not in piece.question[1].content
    note = note_of(den)
    assert (note.kept, note.made, note.from_seq) == ("Ada's words.", "What came later.", 1)


def test_only_what_was_seen_is_edited(den: Den) -> None:
    say_many(den)
    seen = note_of(den).version
    make(den, "A model's words.")
    with pytest.raises(Conflict):
        room_memory.change_memory(den.db, den.ada.id, den.room, wire.ChangeMemory(text="Mine.", version=seen))
    with pytest.raises(InvalidInput):
        room_memory.change_memory(den.db, den.ada.id, den.room, wire.ChangeMemory(text="Mine."))
    with pytest.raises(TooLarge):
        edit(den, "x" * 4_001)
    assert edit(den, "A model's words.").version == seen + 1, "nothing was changed"


@pytest.mark.parametrize("how", ["delete", "edit"])
def test_a_model_s_note_goes_with_a_message_that_it_tells_of(den: Den, how: str) -> None:
    said = say_many(den)
    make(den, "The word is elm.")
    _change(den, said[-1], how)
    assert note_of(den).made == "The word is elm.", "it does not tell of that one"
    _change(den, said[3], how)
    gone = note_of(den)
    assert (gone.made, gone.up_to_seq, gone.model, gone.is_doubtful) == ("", 0, None, False)
    with den.db.read() as read:
        assert "elm" not in str([tuple(row) for row in read.all(select(room_memories))])
    piece = piece_of(den)
    assert piece and "remark 4\n" not in piece.question[1].content and "remark 5\n" in piece.question[1].content


def _change(den: Den, message: wire.Message, how: str) -> None:
    if how == "delete":
        changes.delete_message(den.db, den.mira.id, message.id)
    else:
        changes.edit_message(den.db, den.mira.id, message.id, "another text", max_chars=100)


def test_a_person_s_note_stays_and_the_room_hears_that_it_may_tell_of_what_is_gone(den: Den) -> None:
    said = say_many(den)
    make(den, "The word is elm.")
    edit(den, "Mira says elm.")
    say_many(den)
    make(den, "And more.")
    den.heard.clear()
    changes.delete_message(den.db, den.mira.id, said[3].id)
    note = note_of(den)
    assert (note.kept, note.made, note.is_doubtful) == ("Mira says elm.", "And more.", True)
    assert [change.is_doubtful for change in told(den)] == [True]
    assert edit(den, "Mira says elm.\n\nAnd more.").is_doubtful is False, "read through, and left as it is"


def test_an_answer_that_is_asked_for_again_takes_the_note_with_it(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    den.close(reply, "Because of elms.")
    say_many(den)
    make(den, "Because of elms.")
    reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id))
    replies.start_job(den.db, job_of(den.db, reply.id), "prompt")
    den.close(reply, "Because of oaks.")
    assert note_of(den).made == ""


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda den, said: changes.delete_message(den.db, den.mira.id, said[2].id),
        lambda den, said: changes.edit_message(den.db, den.mira.id, said[2].id, "another text", max_chars=100),
        lambda den, said: edit(den, "Ada's words."),
        lambda den, said: switch(den, is_on=False),
        lambda den, said: room_endings.delete_room(den.db, den.ada, den.room),
    ],
)
def test_what_a_model_wrote_of_something_that_has_changed_meanwhile_is_not_kept(
    den: Den, meanwhile: Callable[[Den, list[wire.Message]], Any]
) -> None:
    said = say_many(den)
    piece = piece_of(den)
    assert piece
    meanwhile(den, said)
    assert summaries.keep_summary(den.db, piece, "The word is elm.", "llama3") is False
    with den.db.read() as read:
        assert "elm" not in str([tuple(row) for row in read.all(select(room_memories))])


def test_cleared_it_is_made_anew_from_what_is_there(den: Den) -> None:
    say_many(den)
    make(den, "A model's words.")
    edit(den, "Ada's words.")
    cleared = room_memory.clear_memory(den.db, den.ada.id, den.room)
    assert (cleared.kept, cleared.made, cleared.up_to_seq, cleared.edited_by) == ("", "", 0, None)
    assert make(den, "Anew.").read[0][0] == 1


def test_members_see_it_owners_change_it_and_to_others_it_is_not_there(den: Den) -> None:
    assert (note_of(den).can_change, note_of(den, den.mira).can_change) == (True, False)
    for change in (
        lambda who: room_memory.change_memory(den.db, who.id, den.room, wire.ChangeMemory(is_on=False)),
        lambda who: room_memory.clear_memory(den.db, who.id, den.room),
    ):
        with pytest.raises(NotAllowed):
            change(den.mira)
        with pytest.raises(NotFound):
            change(den.eve)
    with pytest.raises(NotFound):
        note_of(den, den.eve)
    with den.db.read() as read, pytest.raises(NotFound):
        contexts.get_room_context(read, den.eve.id, den.room, "m", None)


def test_in_a_direct_room_both_may_change_it_and_in_an_archived_one_nobody(den: Den) -> None:
    direct = den.new_room("direct")
    assert note_of(den, den.mira, direct).can_change
    switched = room_memory.change_memory(den.db, den.mira.id, direct, wire.ChangeMemory(is_on=False))
    assert not switched.is_on
    room_endings.archive_room(den.db, den.ada.id, den.room, is_archived=True)
    assert not note_of(den).can_change
    with pytest.raises(NotAllowed):
        switch(den, is_on=False)


def test_a_deleted_room_leaves_nothing_of_it(den: Den) -> None:
    say_many(den)
    make(den, "The word is elm.")
    room_endings.delete_room(den.db, den.ada, den.room)
    with den.db.read() as read:
        assert read.all(select(room_memories)) == []
        assert read.first(select(message_rows.c.id)) is not None


def test_after_a_start_the_rooms_are_found_that_may_need_one(den: Den) -> None:
    quiet = den.new_room("private")
    say_many(den, room=quiet)
    _, reply = den.ask(den.ada, "why?")
    den.close(reply, "Because.")
    with den.db.read() as read:
        assert summaries.list_outgrown(read) == []
    say_many(den)
    with den.db.read() as read:
        assert summaries.list_outgrown(read) == [den.room], "in the other one no model was ever asked"
