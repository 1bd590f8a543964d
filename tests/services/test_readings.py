"""What a model read for a reply can be looked at, by whoever may read the room, and tells nothing that was deleted."""

import json

import pytest
from sqlalchemy import select

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import readings
from chat.domain.conversation import CHARS_PER_TOKEN, DEFAULT_CONTEXT, MAX_MESSAGES, context_chars
from chat.domain.reply_states import ClosedPhase
from chat.errors import InvalidInput, NotFound
from chat.services import changes, contexts, messages, prompts, reopening, replies
from tests.services.den import NO_MODEL, Den, job_of


def _read(den: Den, reply: wire.Message, tokens: int | None = None) -> tuple[replies.ReplyJob, prompts.Reading]:
    """The model is given something to read."""
    job = job_of(den.db, reply.id)
    with den.db.read() as read:
        reading = prompts.build_prompt(read, job, tokens)
    started = replies.start_job(den.db, job, "prompt", reading.account)
    assert started
    return started, reading


def _answer(den: Den, reply: wire.Message, text: str = "Because.", phase: ClosedPhase = "done") -> prompts.Reading:
    job, reading = _read(den, reply)
    replies.close_reply(den.db, job, phase, text, {"finish": "stop" if phase == "done" else "error"})
    return reading


def _context(den: Den, reply: wire.Message, person: wire.User | None = None) -> wire.ReplyContext:
    with den.db.read() as read:
        found = contexts.get_context(read, (person or den.ada).id, reply.id)
    assert found
    return found


def _again(den: Den, reply: wire.Message) -> None:
    reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=reply.id))


def test_it_is_what_went_to_the_model_message_by_message(den: Den) -> None:
    den.say(den.mira, "the word is elm")
    question, reply = den.ask(den.ada, "what is the word?")
    sent = _answer(den, reply).prompt
    seen = _context(den, reply, den.mira)
    assert seen.system == sent.turns[0].content and "Ada, Mira" in seen.system
    assert [(m.seq, m.author.name, m.content) for m in seen.messages] == [
        (1, "Mira", "the word is elm"),
        (question.seq, "Ada", "what is the word?"),
    ]
    assert [m.chars for m in seen.messages] == [len("Mira: the word is elm"), len("Ada: what is the word?")]
    assert seen.chars == len(seen.system) + sum(m.chars for m in seen.messages)
    assert seen.estimated_tokens == round(seen.chars / CHARS_PER_TOKEN)
    assert (seen.context_tokens, seen.is_context_assumed, seen.left_out) == (DEFAULT_CONTEXT, True, 0)
    assert seen.budget_chars == context_chars(None)


@pytest.mark.parametrize(
    ("said", "tokens", "because"),
    [(["x" * 900] * 30, 2048, "too long"), (["short"] * 70, 100_000, "too many")],
)
def test_what_was_left_out_is_counted_with_the_reason(den: Den, said: list[str], tokens: int, because: str) -> None:
    for text in said:
        den.say(den.mira, text)
    _, reply = den.ask(den.ada, "why?")
    _read(den, reply, tokens)
    seen = _context(den, reply)
    assert (seen.left_out_because, seen.context_tokens, seen.is_context_assumed) == (because, tokens, False)
    assert seen.left_out == len(said) + 1 - len(seen.messages) > 0
    assert (len(seen.messages) == MAX_MESSAGES) is (because == "too many")


def test_a_message_that_was_deleted_or_changed_since_shows_as_that_and_its_text_is_nowhere(den: Den) -> None:
    secret, changed = den.say(den.mira, "the word is elm"), den.say(den.mira, "or was it oak")
    _, reply = den.ask(den.ada, "what is the word?")
    _answer(den, reply)
    changes.delete_message(den.db, den.mira.id, secret.id)
    changes.edit_message(den.db, den.mira.id, changed.id, "or was it ash", max_chars=100)
    seen = _context(den, reply)
    assert [(m.deleted, m.changed, m.content) for m in seen.messages] == [
        (True, False, ""),
        (False, True, "or was it ash"),
        (False, False, "what is the word?"),
    ]
    with den.db.read() as read:
        kept = json.dumps([dict(row.reading) for row in read.all(select(readings))])
    assert "elm" not in kept and "oak" not in kept


def test_the_part_of_a_template_goes_with_the_question_that_brought_it(den: Den) -> None:
    request = wire.SendMessage(room=den.room, content="Good morning", client_id=new_id(), template="review")
    posted = messages.send_message(den.db, NO_MODEL, den.ada, request, max_chars=1000)
    assert posted.reply
    sent = _answer(den, posted.reply).prompt
    assert "careful reviewer" in _context(den, posted.reply).system == sent.turns[0].content
    changes.delete_message(den.db, den.ada.id, posted.message.id)
    seen = _context(den, posted.reply)
    assert len(seen.system) < seen.system_chars == len(sent.turns[0].content)
    assert "careful reviewer" not in seen.system


def test_it_is_that_of_the_text_that_is_there(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    _answer(den, reply)
    first = _context(den, reply)
    den.say(den.mira, "an interruption")
    _again(den, reply)
    replies.close_reply(den.db, job_of(den.db, reply.id), "failed", "", {"finish": "error"})
    assert _context(den, reply) == first, "it failed before anything was read, and the old text is back"
    _again(den, reply)
    _answer(den, reply, "", "failed")
    assert _context(den, reply) == first, "it failed without a word"
    _again(den, reply)
    _answer(den, reply, "Another reason.")
    assert _context(den, reply).at >= first.at
    with den.db.read() as read:
        assert len(read.all(select(readings))) == 1


def test_an_answer_that_goes_on_has_read_its_own_beginning(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    _answer(den, reply, "Because it", "stopped")
    reopening.continue_reply(den.db, den.ada.id, wire.ContinueReply(message=reply.id))
    _read(den, reply)
    seen = _context(den, reply)
    assert seen.begun_chars == len("Because it") and seen.chars > seen.begun_chars + seen.messages[0].chars


def test_there_is_none_before_a_model_reads_and_none_of_a_deleted_reply(den: Den) -> None:
    _, reply = den.ask(den.ada, "why?")
    with den.db.read() as read:
        assert contexts.get_context(read, den.ada.id, reply.id) is None
    _answer(den, reply)
    changes.delete_message(den.db, den.ada.id, reply.id)
    with den.db.read() as read:
        assert contexts.get_context(read, den.ada.id, reply.id) is None
        assert read.all(select(readings)) == []


def test_nobody_else_sees_it_and_a_person_has_none(den: Den) -> None:
    question, reply = den.ask(den.ada, "why?")
    _answer(den, reply)
    with den.db.read() as read:
        with pytest.raises(NotFound):
            contexts.get_context(read, den.eve.id, reply.id)
        with pytest.raises(InvalidInput):
            contexts.get_context(read, den.ada.id, question.id)
