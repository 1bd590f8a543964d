"""A model writes the notes of rooms: one at a time, after an answer, and never before the questions of people."""

from collections.abc import Callable, Iterator

from chat import wire
from chat.errors import ModelUnreachable
from chat.events import MessageChanged, ReplyOpened, RoomMemoryChanged
from chat.jobs.sharing import Claim, claim_alone
from chat.jobs.summarising import GIVES_WAY, Summarising
from chat.llm.base import ChatRequest, DoneChunk, TextChunk
from chat.llm.cancelling import CancelToken
from chat.llm.scripted import Scripted, Step
from chat.services import room_memory, summaries
from chat.services.addressees import AskRules
from chat.services.changes import delete_message
from chat.services.replies import AskedModel
from tests.fakes.engine import BACKGROUND, Engine
from tests.services.den import Den
from tests.services.noting import say_many

ECHO = AskedModel("echo", "echo")
RULES = AskRules(find_model=lambda handle: None, default=lambda: ECHO, take=lambda user_id: None)
DONE = DoneChunk(finish="stop")


def _answered(den: Den, room: str = "") -> MessageChanged:
    """A reply in the room was closed, as the room hears it."""
    question, reply = den.ask(den.ada, "why?", room)
    den.close(reply, "Because.")
    return next(e for e in reversed(den.heard) if isinstance(e, MessageChanged) and e.message.id == reply.id)


def _note(den: Den, room: str = "") -> room_memory.Note:
    with den.db.read() as read:
        return room_memory.find_note(read, room or den.room)


def _summarising(den: Den, backend: Scripted) -> tuple[Summarising, Engine]:
    engine = Engine(backend)
    return Summarising(den.db, engine.asker, RULES, BACKGROUND), engine


def test_after_an_answer_the_room_s_model_writes_and_nothing_else_happens(den: Den) -> None:
    backend = Scripted([TextChunk("They made "), TextChunk("remarks."), DONE])
    summarising, _ = _summarising(den, backend)
    say_many(den)
    answered = _answered(den)
    den.heard.clear()
    summarising.on_event(answered)
    summarising.on_event(answered)
    summarising.work()
    assert (_note(den).text, _note(den).model) == ("They made remarks.", "echo")
    assert [type(event) for event in den.heard] == [RoomMemoryChanged]
    (request,) = backend.requests
    assert request.options.max_tokens and request.messages[0].role == "system"
    summarising.on_event(den.heard[0])
    summarising.work()
    assert len(backend.requests) == 1, "its own change is no reason to write again"


def test_a_room_in_which_no_model_is_asked_costs_nothing(den: Den) -> None:
    backend = Scripted()
    summarising, _ = _summarising(den, backend)
    say_many(den)
    for event in den.heard:
        summarising.on_event(event)
    summarising.work()
    assert backend.requests == []


def test_a_question_of_somebody_comes_first_and_the_note_later(den: Den) -> None:
    summarising: Summarising
    asked: list[int] = []

    def script(request: ChatRequest) -> Iterator[Step]:
        asked.append(1)
        if len(asked) == 1:
            yield lambda token: _somebody_asks(summarising, token)
        yield TextChunk("Remarks.")
        yield DONE

    backend = Scripted(script)
    summarising, _ = _summarising(den, backend)
    say_many(den)
    summarising.on_event(_answered(den))
    summarising.work()
    assert _note(den).text == "", "it gave its place up"
    _wait(lambda: len(backend.cancelled) == 1)
    summarising.work()
    assert _note(den).text == "Remarks."


def _somebody_asks(summarising: Summarising, token: CancelToken) -> None:
    summarising.on_event(ReplyOpened("job"))
    token.wait(5)


def test_it_does_not_give_way_for_ever(den: Den) -> None:
    summarising: Summarising

    def script(request: ChatRequest) -> Iterator[Step]:
        yield lambda token: summarising.on_event(ReplyOpened("job"))
        yield 0.2
        yield TextChunk("Remarks.")
        yield DONE

    backend = Scripted(script)
    summarising, _ = _summarising(den, backend)
    say_many(den)
    summarising.on_event(_answered(den))
    for _ in range(GIVES_WAY):
        summarising.work()
        assert _note(den).text == ""
    summarising.work()
    assert _note(den).text == "Remarks." and len(backend.requests) == GIVES_WAY + 1


def test_what_failed_or_came_to_nothing_is_tried_again_after_the_next_answer(den: Den) -> None:
    steps: list[list[Step]] = [[ModelUnreachable("It is away.")], [DONE], [TextChunk("Remarks."), DONE]]
    backend = Scripted(lambda request: steps.pop(0))
    summarising, _ = _summarising(den, backend)
    say_many(den)
    for left in (2, 1, 0):
        assert _note(den).text == ""
        summarising.on_event(_answered(den))
        summarising.work()
        assert len(steps) == left
    assert _note(den).text == "Remarks."


def test_a_message_deleted_while_the_model_writes_is_not_in_the_note(den: Den) -> None:
    say_many(den)
    first = den.history()[0]

    def script(request: ChatRequest) -> Iterator[Step]:
        has_it = first.content in request.messages[-1].content.splitlines()[3]
        if has_it:
            yield lambda token: _delete(den, first)
        yield TextChunk("with it" if has_it else "without it")
        yield DONE

    backend = Scripted(script)
    summarising, _ = _summarising(den, backend)
    summarising.on_event(_answered(den))
    summarising.work()
    assert _note(den).text == "without it"


def _delete(den: Den, message: wire.Message) -> None:
    delete_message(den.db, den.mira.id, message.id)


def test_after_a_start_it_goes_on_where_it_was(den: Den) -> None:
    backend = Scripted([TextChunk("Remarks."), DONE])
    say_many(den)
    _answered(den)
    with den.db.read() as read:
        piece = summaries.next_piece(read, den.room, 1024)
    assert piece and summaries.keep_summary(den.db, piece, "The beginning.", "echo")
    say_many(den)
    other = den.new_room("private")
    say_many(den, room=other)
    _answered(den, other)
    summarising, _ = _summarising(den, backend)
    summarising.begin()
    _wait(lambda: _note(den).text == "Remarks." and _note(den, other).text == "Remarks.")
    assert "The beginning." in backend.requests[0].messages[-1].content
    assert len(backend.requests) == 2
    summarising.shut_down()


def test_while_another_process_writes_a_note_none_is_begun_here(den: Den) -> None:
    backend = Scripted([TextChunk("Remarks."), DONE])
    claimed_elsewhere = {"note"}
    claim: Claim = lambda name: None if name in claimed_elsewhere else claim_alone(name)  # noqa: E731  a name for below
    summarising = Summarising(den.db, Engine(backend).asker, RULES, BACKGROUND, claim)
    say_many(den)
    summarising.on_event(_answered(den))
    summarising.work()
    assert backend.requests == []
    claimed_elsewhere.clear()
    summarising.work()
    assert _note(den).text == "Remarks."


def _wait(condition: Callable[[], bool]) -> None:
    token = CancelToken()
    for _ in range(200):
        if condition():
            return
        token.wait(0.05)
    raise AssertionError("it did not come")
