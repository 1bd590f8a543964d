"""How many templates there may be, how large, and what may not stand in one."""

import tracemalloc
from typing import Any

import pytest

from chat import wire
from chat.errors import Conflict, InvalidInput, TooLarge
from chat.services.changes import edit_message
from chat.services.prompts import build_prompt
from chat.services.template_changes import MAX_TEMPLATES, bring_back, change_template, create_template
from tests.services.den import Den, job_of


def _own(den: Den, person: wire.User, **more: Any) -> wire.Template:
    return create_template(den.db, person.id, wire.CreateTemplate(**{"title": "Mine", "body": "{{ content }}", **more}))


def test_there_may_be_so_many_and_no_more(den: Den) -> None:
    for _ in range(MAX_TEMPLATES):
        _own(den, den.ada)
    with pytest.raises(Conflict, match="Delete one first"):
        _own(den, den.ada)
    _own(den, den.mira), _own(den, den.ada, room=den.room)


def test_they_are_bounded_together(den: Den) -> None:
    big = {"system": "x" * 20_000, "body": "{{ content }}" + "x" * 19_980}
    for _ in range(24):
        last = _own(den, den.ada, **big)
    with pytest.raises(TooLarge, match="delete another one"):
        _own(den, den.ada, **big)
    small = wire.ChangeTemplate(title="Mine", body="{{ content }}")
    assert change_template(den.db, den.ada.id, last.id, small).version == 2
    back = bring_back(den.db, den.ada.id, last.id, 1)
    assert back.version == 3, "it takes its own place"
    _own(den, den.ada)


def test_what_stands_in_for_what_nobody_fills_in_is_plain_text(den: Den) -> None:
    line, text = (
        wire.TemplateVariable(name=kind, label=kind, type=kind, default="a\x00\r\nb") for kind in ("text", "longtext")
    )
    made = _own(den, den.ada, variables=[line, text])
    assert [variable.default for variable in made.variables] == ["a b", "a\nb"]


def test_no_edit_makes_a_message_that_no_model_could_read(den: Den) -> None:
    template = _own(den, den.mira, body="{{ content }}" * 280)
    sent = den.say(den.mira, "short", template=template.id)
    with pytest.raises(TooLarge, match="Shorten"):
        edit_message(den.db, den.mira.id, sent.id, "x" * 10_000, max_chars=16_000)
    _, reply = den.ask(den.ada, "And now?")
    with den.db.read() as read:
        assert build_prompt(read, job_of(den.db, reply.id), None).prompt.turns[-1].content.endswith("And now?")
    assert edit_message(den.db, den.mira.id, sent.id, "shorter", max_chars=16_000).content == "shorter"


def test_what_templates_make_of_older_messages_is_not_made_where_no_model_could_read_it(den: Den) -> None:
    template = _own(den, den.mira, body="{{ content }}" * 280)
    for number in range(20):
        den.say(den.mira, f"{number}" + "x" * 990, template=template.id)
    question, reply = den.ask(den.ada, "And now?")
    with den.db.read() as read:
        tracemalloc.start()
        reading = build_prompt(read, job_of(den.db, reply.id), None)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert reading.account["messages"] == [[question.seq, len("Ada: And now?")]] and most < 3_000_000


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"title": " \u202e "}, "title"),
        ({"body": "{% for x in content %}{% endfor %}"}, "body"),
        ({"system": "{{ ''.__class__ }}"}, "system"),
        ({"output": "{{ nobody }}"}, "output"),
        ({"system": f"{{{{ {'9' * 5000} }}}}"}, "system"),
        ({"output": f"{{{{ {'9' * 1000} }}}}"}, "output"),
        ({"output": "{{ 1 == 1e999 }}"}, "output"),
        ({"variables": [wire.TemplateVariable(name="self", label="Self")]}, "variables.self"),
    ],
)
def test_a_template_is_checked_when_it_is_made(den: Den, fields: dict[str, Any], at_fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _own(den, den.ada, **fields)
    assert refused.value.field == at_fault and den.heard == []
