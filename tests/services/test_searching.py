"""What is found, by whom, and that it is so at once after every change."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from chat import wire
from chat.db import message_search
from chat.db.ids import new_id
from chat.db.search_engines import search_engine_of
from chat.db.tables import messages, users
from chat.errors import InvalidInput, NotAllowed, NotFound, RoundtableError, TooWide
from chat.services import pins, reactions, room_members, rooms
from chat.services.searching import Searching
from tests.services.den import Den


@pytest.fixture
def searching(den: Den) -> Searching:
    return Searching(den.db, lambda work: work())


def _ids(answer: wire.SearchAnswer) -> list[str]:
    return [hit.id for hit in answer.hits]


def _found(searching: Searching, person: wire.User, typed: str, **asked: Any) -> list[str]:
    return _ids(searching.search(person.id, typed, **asked))


def test_the_newest_comes_first_with_what_matches_told_apart(den: Den, searching: Searching) -> None:
    older = den.say(den.mira, "The migration takes a table lock")
    newer = den.say(den.ada, "Which Lock?")
    answer = searching.search(den.ada.id, "lock")
    assert _ids(answer) == [newer.id, older.id] and answer.next is None
    hit = answer.hits[1]
    assert (hit.room, hit.seq, hit.author, hit.created_at) == (den.room, older.seq, older.author, older.created_at)
    assert [(part.text, part.is_match) for part in hit.snippet] == [
        ("The migration takes a table ", False),
        ("lock", True),
    ]


def test_what_somebody_said_who_was_sent_away_is_found_and_says_so(den: Den, searching: Searching) -> None:
    den.say(den.mira, "The migration takes a table lock")
    with den.db.write() as uow:
        uow.execute(update(users).where(users.c.id == den.mira.id).values(deactivated_at=1))
    assert [hit.author.deactivated for hit in searching.search(den.ada.id, "lock").hits] == [True]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_follow_one_another_without_a_hole_whatever_is_said_meanwhile(
    den: Den, searching: Searching, limit: int
) -> None:
    said = [den.say(den.ada, f"word {number}").id for number in range(7)]
    found: list[str] = []
    before: str | None = None
    while True:
        page = searching.search(den.mira.id, "word", before=before, limit=limit)
        found += _ids(page)
        den.say(den.ada, "word again")
        before = page.next
        if before is None:
            break
    assert found == said[::-1]


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("comma", [0, 2]),
        ("comma trailing", [0]),
        ('"comma trailing"', []),
        ('"trailing comma"', [0]),
        ("com*", [0, 2]),
        ("CÖMMA", [0, 2]),
        ("comma -fix", [0]),
        ("-comma", [1, 3]),
        ("from:mira", [1]),
        ("from:me", [0, 2, 3]),
        ("from:mira comma", []),
        ("from:nobody", []),
        ("has:code", [1]),
        ("has:link", [3]),
        ("has:pin", [2]),
        ("has:reaction", [3]),
        ("comma has:reaction", []),
        ("before:2001-01-01", []),
        ("after:2001-01-01 comma", [0, 2]),
    ],
)
def test_words_and_operators_say_what_is_wanted(den: Den, searching: Searching, typed: str, places: list[int]) -> None:
    texts = ["a trailing comma", "`x = 1` fails", "the fix for the Comma", "see https://example.org/a"]
    said = [den.say(den.mira if number == 1 else den.ada, words) for number, words in enumerate(texts)]
    pins.pin_message(den.db, den.ada.id, wire.PinMessage(message=said[2].id, is_pinned=True))
    reactions.react(den.db, den.ada.id, wire.React(message=said[3].id, emoji="👍"))
    assert sorted(_found(searching, den.ada, typed)) == [said[place].id for place in places]


def test_days_are_those_of_utc(den: Den, searching: Searching) -> None:
    day = 86_400_000
    said = [den.say(den.ada, "word") for _ in range(4)]
    for number, message in enumerate(said):  # 1970-01-01T23:59:59.999, -02T00:00, -02T23:59:59.999, -03T00:00
        _set_time(den, message, (day - 1, day, 2 * day - 1, 2 * day)[number])
    ids = [message.id for message in said]
    assert _found(searching, den.ada, "before:1970-01-02") == [ids[0]]
    assert _found(searching, den.ada, "after:1970-01-01 before:1970-01-03") == [ids[2], ids[1]]
    assert _found(searching, den.ada, "after:1970-01-02") == [ids[3]]


def _set_time(den: Den, message: wire.Message, ms: int) -> None:
    with den.db.write() as uow:
        uow.execute(update(messages).where(messages.c.id == message.id).values(created_at=ms))


def test_a_day_is_found_among_many_messages(den: Den, searching: Searching) -> None:
    said = [den.say(den.ada, "word") for _ in range(30)]
    for number, message in enumerate(said):
        _set_time(den, message, number * 86_400_000)
    found = _found(searching, den.ada, "word after:1970-01-10 before:1970-01-13")
    assert found == [said[11].id, said[10].id]


def test_a_search_is_for_the_rooms_one_may_read_and_no_others(den: Den, searching: Searching) -> None:
    hidden = den.say(den.ada, "word")
    public = den.new_room("public")
    shown = den.say(den.ada, "word", public)
    assert _found(searching, den.mira, "word") == [shown.id, hidden.id]
    assert _found(searching, den.eve, "word") == []
    with pytest.raises(NotFound):
        searching.search(den.eve.id, "word", room=den.room)
    with pytest.raises(NotFound):
        searching.search(den.eve.id, "word in:den")
    with pytest.raises(NotAllowed, match="Join"):
        searching.search(den.eve.id, "word", room=public)
    rooms.join_room(den.db, den.eve, public)
    assert _found(searching, den.eve, "word") == [shown.id]
    room_members.leave_room(den.db, den.eve, public)
    assert _found(searching, den.eve, "word") == []


@pytest.mark.parametrize(
    ("kind", "role"), list(itertools.product(["public", "private", "direct"], ["owner", "member", None]))
)
def test_whatever_the_history_shows_is_found_and_nothing_else(
    den: Den, searching: Searching, kind: str, role: str | None
) -> None:
    room = den.new_room(kind)  # type: ignore[arg-type]  # one of the three
    den.say(den.ada, "word", room)
    shown = den.shown_to_eve_as(role, room)
    assert _found(searching, den.eve, "word") == shown
    for found in (
        lambda: _found(searching, den.eve, "word", room=room),
        lambda: _found(searching, den.eve, f"word in:{room}"),
    ):
        try:
            assert found() == shown and shown
        except RoundtableError:
            assert not shown


def test_one_room_is_searched_by_id_or_slug_and_both_ways_together_mean_both(den: Den, searching: Searching) -> None:
    other = den.new_room("public")
    here, there = den.say(den.ada, "word"), den.say(den.ada, "word", other)
    assert _found(searching, den.ada, "word", room=den.room) == [here.id]
    assert _found(searching, den.ada, "word in:den-2") == [there.id]
    assert _found(searching, den.ada, "word in:den-2", room="den") == []


@pytest.mark.parametrize("looked_at", [0, message_search.LOOKED_AT])
def test_many_rooms_give_the_same_whichever_way_they_are_searched(
    den: Den, searching: Searching, looked_at: int
) -> None:
    mine = [den.new_room("private") for _ in range(message_search.FEW_ROOMS + 3)]
    said = [den.say(den.ada, "word", room).id for room in mine]
    foreign = rooms.create_room(den.db, den.eve, wire.CreateRoom(name="Elsewhere", kind="private")).id
    for _ in range(60):
        den.say(den.eve, "word", foreign)
    searching.catch_up()
    wanted = message_search.Wanted(rooms=mine, words=[message_search.Word("word")])
    with den.db.read() as read:
        page = message_search.Page(None, 50, looked_at=looked_at)
        found = search_engine_of(read).find(read, den.mira.id, wanted, page)
    assert [row.id for row in found] == said[::-1]


def test_a_search_that_takes_too_long_says_how_to_narrow_it(den: Den) -> None:
    impatient = Searching(den.db, lambda work: work(), longest_seconds=-1.0)
    for _ in range(400):
        den.say(den.ada, "word")
    with pytest.raises(TooWide, match="Add a word"):
        impatient.search(den.ada.id, "word has:pin")
    patient = Searching(den.db, lambda work: work())
    assert _found(patient, den.ada, "word has:pin") == []


def test_a_search_runs_where_it_holds_up_nobody(den: Den) -> None:
    ran: list[str] = []

    def run_blocking(work: Callable[[], Any]) -> Any:
        ran.append("apart")
        return work()

    said = den.say(den.ada, "word")
    assert _found(Searching(den.db, run_blocking), den.ada, "word") == [said.id]
    assert ran == ["apart"]


def test_a_query_that_says_nothing_is_refused(den: Den, searching: Searching) -> None:
    with pytest.raises(InvalidInput, match="Write a word"):
        searching.search(den.ada.id, "!!")


def test_a_place_that_nobody_knows_is_no_secret(den: Den, searching: Searching) -> None:
    said = den.say(den.ada, "word")
    assert _found(searching, den.ada, "word", before="0") == []
    assert _found(searching, den.ada, "word", before="Z" * 26) == [said.id]
    assert _found(searching, den.ada, "word", before=new_id()) == [said.id]
