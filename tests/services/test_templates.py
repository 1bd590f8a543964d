"""Messages that are put into a template: what is kept, what the model reads, and when nothing is stored."""

from typing import Any

import pytest
from sqlalchemy import select

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import messages as table
from chat.domain.conversation import Turn
from chat.errors import InvalidInput
from chat.services import changes, messages, prompts, reopening
from tests.services.den import NO_MODEL, Den, job_of

GERMAN = {"template": "translate", "variables": {"language": "German"}}


def _send(den: Den, content: str = "Good morning", **more: Any) -> messages.Posted:
    fields = {"room": den.room, "content": content, "client_id": new_id(), **GERMAN, **more}
    request = wire.SendMessage(**fields)
    return messages.send_message(den.db, NO_MODEL, den.ada, request, max_chars=1000)


def _reading(den: Den, reply: wire.Message | None) -> prompts.Reading:
    assert reply
    with den.db.read() as read:
        return prompts.build_prompt(read, job_of(den.db, reply.id), None)


def _read(den: Den, reply: wire.Message | None) -> list[Turn]:
    return _reading(den, reply).prompt.turns


def test_everybody_sees_what_was_written_and_through_which_template(den: Den) -> None:
    posted = _send(den)
    shown, reply = den.history(den.mira)
    assert shown == posted.message and shown.content == "Good morning" and shown.template
    assert (shown.template.id, shown.template.title) == ("translate", "Translate")
    assert {filled.label: filled.value for filled in shown.template.variables} == {
        **{"Into": "German", "Tone": "as in the text"}
    }
    assert reply.llm and reply.llm.template == "translate" and reply.llm.question == shown.id


def test_the_model_reads_the_rendered_text_now_and_later(den: Den) -> None:
    first = _send(den)
    assert _read(den, first.reply)[-1].content.startswith("Ada: Translate the text below into German.")
    assert first.reply
    den.close(first.reply, "Guten Morgen")
    second = _send(den, "def f(): ...", template="review", variables={"focus": "names"})
    system, question, answer, last = _read(den, second.reply)
    assert "You are m" in system.content and system.content.endswith("you praise nothing.")
    assert "into German" in question.content and answer.content == "Guten Morgen"
    assert "Look most of all at: names" in last.content and last.content.endswith("def f(): ...")


def test_a_template_asks_the_rooms_model_with_its_options_unless_others_are_chosen(den: Den) -> None:
    plain = _send(den).reply
    chosen = _send(den, options=wire.GenerationOptions(temperature=1.5, max_tokens=9), model="other").reply
    assert plain and chosen and chosen.llm and chosen.llm.model == "other"
    assert job_of(den.db, plain.id).options == {"temperature": 0.2}
    assert job_of(den.db, chosen.id).options == {"temperature": 1.5, "max_tokens": 9}
    assert _reading(den, plain).template == "translate@1"


def test_asking_again_goes_through_the_same_template(den: Den) -> None:
    reply = _send(den).reply
    assert reply
    den.close(reply, "Guten Morgen")
    reopening.reopen_reply(den.db, den.mira.id, wire.Regenerate(message=reply.id))
    assert "into German" in _read(den, reply)[-1].content
    assert _reading(den, reply).template == "translate@1"
    again = den.shown(reply)
    assert again.llm and (again.llm.template, again.llm.template_title) == ("translate", "Translate")


def test_an_edited_message_keeps_its_template(den: Den) -> None:
    posted = _send(den)
    changes.edit_message(den.db, den.ada.id, posted.message.id, "Good night", max_chars=1000)
    assert _read(den, posted.reply)[-1].content.endswith("Good night")


def test_deleting_takes_what_was_filled_in_away(den: Den) -> None:
    posted = _send(den, "a", template="compare", variables={"other": "my secret plan"})
    changes.delete_message(den.db, den.ada.id, posted.message.id)
    with den.db.read() as read:
        assert read.scalar(select(table.c.template).where(table.c.id == posted.message.id)) is None
    assert den.shown(posted.message).template is None


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"template": "nothing"}, "template"),
        ({"template": None}, "template"),
        ({"variables": {}}, "variables.language"),
        ({"variables": {"language": 7}}, "variables.language"),
        ({"variables": {"language": "German", "colour": "red"}}, "variables.colour"),
    ],
)
def test_nothing_is_stored_of_what_does_not_fit(den: Den, fields: dict[str, Any], at_fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _send(den, **fields)
    assert refused.value.body().field == at_fault
    assert den.history() == [] and den.heard == []


def test_where_models_are_off_the_message_is_stored_and_says_that_none_answers(den: Den) -> None:
    quiet = den.new_room("private", reply_policy="off")
    posted = _send(den, room=quiet)
    assert posted.reply is None and posted.notice and "switched off" in posted.notice.message
