"""What is found by meaning, by whom, and that it follows every change."""

import itertools

import pytest
from sqlalchemy import insert

from chat import wire
from chat.db.tables import reactions as reaction_rows
from chat.errors import InvalidInput, ModelTimeout, NotAllowed, NotFound, TooWide
from chat.services import pins, reactions, room_members, rooms
from chat.services.fused_search import FusedSearch, Mode
from chat.services.meanings import passages_by_meaning
from chat.services.searching import Searching
from tests.fakes.meaning import vector_for
from tests.services.den import Den
from tests.services.seeker import Seeker


@pytest.fixture
def seeker(den: Den) -> Seeker:
    return Seeker(den)


def test_a_message_is_found_by_other_words_that_mean_the_same(den: Den, seeker: Seeker) -> None:
    said = den.say(den.mira, "the hound sleeps")
    den.say(den.ada, "lunch at noon")
    hit = seeker.answer(den.ada, "dog").hits[0]
    assert (hit.id, hit.room, hit.seq, hit.author, hit.why) == (said.id, den.room, said.seq, said.author, "meaning")
    assert [(part.text, part.is_match) for part in hit.snippet] == [("the hound sleeps", False)]
    assert seeker.found(den.ada, "dog", "text") == []


def test_both_ways_together_say_why_each_was_found(den: Den, seeker: Seeker) -> None:
    both, meant = den.say(den.ada, "a dog"), den.say(den.ada, "a hound")
    only_text = den.say(den.ada, " ".join(["dog", *(f"other{number}" for number in range(60))]))
    answer = seeker.answer(den.ada, "dog", "hybrid")
    assert {hit.id: hit.why for hit in answer.hits} == {both.id: "both", meant.id: "meaning", only_text.id: "text"}
    assert answer.hits[0].id == both.id and answer.mode == "hybrid" and answer.next is None
    assert [part.text for part in answer.hits[0].snippet if part.is_match] == ["dog"]


def test_what_has_nothing_to_do_with_it_is_not_found(den: Den, seeker: Seeker) -> None:
    den.say(den.ada, "lunch at noon")
    assert seeker.found(den.ada, "automobile") == []


@pytest.mark.sqlite
def test_what_others_have_reacted_to_is_not_looked_through_for_ever(den: Den, seeker: Seeker) -> None:
    said = den.say(den.ada, "a hound")
    with den.db.write() as uow:
        row = {"message_id": said.id, "room_id": den.room, "user_id": den.ada.id, "rev": 1, "created_at": 1}
        rows = [{**row, "emoji": f"{number}"} for number in range(500)]
        uow.execute(insert(reaction_rows), rows)
    seeker.read_all()
    impatient = Searching(den.db, lambda work: work(), longest_seconds=-1.0)
    search = FusedSearch(den.db, impatient, seeker.mind).search
    with pytest.raises(TooWide, match="Add a word"):
        search(den.ada.id, "dog has:reaction", "semantic")
    assert seeker.found(den.ada, "dog has:reaction") == [said.id]
    elsewhere = den.new_room("public")
    rooms.join_room(den.db, den.eve, elsewhere)
    own = den.say(den.eve, "a hound", elsewhere)
    reactions.react(den.db, den.eve.id, wire.React(message=own.id, emoji="👍"))
    seeker.read_all()
    assert [hit.id for hit in search(den.eve.id, "dog has:reaction", "semantic").hits] == [own.id]


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("dog", [0, 1, 2, 3]),
        ("dog -hound", [1, 2, 3]),
        ("dog from:mira", [1]),
        ("dog from:nobody", []),
        ("dog in:den", [0, 1, 2, 3]),
        ("dog has:code", [1]),
        ("dog has:link", [3]),
        ("dog has:pin", [2]),
        ("dog has:reaction", [3]),
        ("dog before:2001-01-01", []),
        ("dog after:2001-01-01", [0, 1, 2, 3]),
    ],
)
@pytest.mark.parametrize("mode", ["semantic", "hybrid"])
def test_operators_hold_in_every_mode(den: Den, seeker: Seeker, typed: str, places: list[int], mode: Mode) -> None:
    texts = ["a hound", "`dog` it", "the dog", "dog https://example.org"]
    said = [den.say(den.mira if number == 1 else den.ada, words) for number, words in enumerate(texts)]
    pins.pin_message(den.db, den.ada.id, wire.PinMessage(message=said[2].id, is_pinned=True))
    reactions.react(den.db, den.ada.id, wire.React(message=said[3].id, emoji="👍"))
    assert sorted(seeker.found(den.ada, typed, mode)) == [said[place].id for place in places]


def test_a_query_of_operators_alone_means_nothing_and_is_one_by_text(den: Den, seeker: Seeker) -> None:
    said = den.say(den.mira, "a hound")
    answer = seeker.answer(den.ada, "from:mira", "hybrid")
    assert [hit.id for hit in answer.hits] == [said.id] and answer.mode == "text"
    with pytest.raises(InvalidInput, match="Write a word"):
        seeker.answer(den.ada, "!!")


def test_a_search_is_for_the_rooms_one_may_read_and_no_others(den: Den, seeker: Seeker) -> None:
    hidden = den.say(den.ada, "a dog")
    public = den.new_room("public")
    shown = den.say(den.ada, "a dog", public)
    assert sorted(seeker.found(den.mira, "hound")) == [hidden.id, shown.id]
    assert seeker.found(den.eve, "hound") == []
    assert seeker.answer(den.eve, "hound").meaning == wire.MeaningState(state="ready", done=0, total=0)
    with pytest.raises(NotFound):
        seeker.found(den.eve, "hound", room=den.room)
    with pytest.raises(NotAllowed, match="Join"):
        seeker.found(den.eve, "hound", room=public)
    rooms.join_room(den.db, den.eve, public)
    assert seeker.found(den.eve, "hound") == [shown.id]
    room_members.leave_room(den.db, den.eve, public)
    assert seeker.found(den.eve, "hound") == []


@pytest.mark.parametrize(
    ("kind", "role"), list(itertools.product(["public", "private", "direct"], ["owner", "member", None]))
)
def test_whatever_the_history_shows_is_found_and_nothing_else(
    den: Den, seeker: Seeker, kind: str, role: str | None
) -> None:
    room = den.new_room(kind)  # type: ignore[arg-type]  # one of the three
    den.say(den.ada, "a dog", room)
    shown = den.shown_to_eve_as(role, room)
    assert seeker.found(den.eve, "hound") == shown
    with den.db.read() as read:
        passages = passages_by_meaning(read, den.eve.id, room, vector_for("hound"), 5)
    assert [passage.message_id for passage in passages] == shown


def test_a_reply_is_read_when_it_is_closed(den: Den, seeker: Seeker) -> None:
    _, reply = den.ask(den.ada, "which?")
    assert seeker.found(den.ada, "hound") == []
    den.close(reply, "the dog")
    assert seeker.found(den.ada, "hound from:m") == [reply.id]


def test_where_the_model_is_away_or_not_set_up_words_are_searched_and_that_is_said(den: Den, seeker: Seeker) -> None:
    said = den.say(den.ada, "a dog")
    seeker.read_all()
    seeker.mind.problem = ModelTimeout("The embedding model is busy.")
    answer = seeker.answer(den.ada, "dog", "semantic")
    assert ([hit.id for hit in answer.hits], answer.mode) == ([said.id], "text")
    assert (answer.meaning.state, answer.meaning.problem) == ("away", "The embedding model is busy.")
    seeker.mind.is_on = False
    answer = seeker.answer(den.ada, "dog", "hybrid")
    assert (answer.mode, answer.meaning) == ("text", wire.MeaningState(state="off"))


def test_passages_are_of_one_room_and_from_before_a_message(den: Den, seeker: Seeker) -> None:
    first, second = den.say(den.ada, "a dog"), den.say(den.ada, "the dog barks")
    den.say(den.ada, "a dog", den.new_room("public"))
    seeker.read_all()
    with den.db.read() as read:
        near = passages_by_meaning(read, den.mira.id, den.room, vector_for("a hound"), 5)
        assert [(one.message_id, one.seq, one.content) for one in near] == [
            (first.id, first.seq, "a dog"),
            (second.id, second.seq, "the dog barks"),
        ]
        assert near[0].nearness > 0.99 > near[1].nearness
        earlier = passages_by_meaning(read, den.mira.id, den.room, vector_for("hound"), 5, before_seq=second.seq)
        assert [one.message_id for one in earlier] == [first.id]
        assert passages_by_meaning(read, den.mira.id, den.room, vector_for("hound"), 1)[0].message_id == first.id
