"""Templates of rooms and of people: who has which, what becomes of an old version, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import members, template_versions, templates
from chat.domain.conversation import Turn
from chat.errors import Conflict, InvalidInput, NotAllowed, NotFound, RoundtableError
from chat.events import TemplatesChanged
from chat.services import addressees, messages, prompts, room_endings, template_changes
from chat.services.audit import list_audit
from chat.services.stored_templates import MAX_VERSIONS
from chat.services.template_changes import bring_back, change_template, create_template, delete_template
from chat.services.templates import find_template, list_templates, require_use
from tests.services.den import NO_MODEL, Den, job_of

LANGUAGE = {"name": "language", "label": "Language", "required": True}


def _content(body: str = "In {{ language }}: {{ content }}", **more: Any) -> dict[str, Any]:
    return {"title": "Greet", "body": body, "variables": [wire.TemplateVariable(**LANGUAGE)], **more}


def _own(den: Den, person: wire.User, **more: Any) -> wire.Template:
    return create_template(den.db, person.id, wire.CreateTemplate(**_content(**more)))


def _of_room(den: Den, **more: Any) -> wire.Template:
    return create_template(den.db, den.ada.id, wire.CreateTemplate(room=den.room, **_content(**more)))


def _change(den: Den, template: wire.Template, body: str, **more: Any) -> wire.Template:
    asked = wire.ChangeTemplate(**_content(body), **more)
    return change_template(den.db, den.ada.id, template.id, asked)


def _send(den: Den, person: wire.User, template: str, room: str = "") -> messages.Posted:
    fields = {"template": template, "variables": {"language": "Latin"}, "client_id": new_id()}
    request = wire.SendMessage(room=room or den.room, content="Good day", **fields)
    return messages.send_message(den.db, NO_MODEL, person, request, max_chars=1000)


def _read(den: Den, reply: wire.Message | None) -> tuple[list[Turn], str | None]:
    assert reply
    with den.db.read() as read:
        reading = prompts.build_prompt(read, job_of(den.db, reply.id), None)
    return reading.prompt.turns, reading.template


def _listed(den: Den, person: wire.User, room: str | None) -> list[str]:
    with den.db.read() as read:
        return [one.id for one in list_templates(read, person.id, room) if one.scope != "built_in"]


def _stored_versions(den: Den, template: wire.Template) -> list[int]:
    query = select(template_versions.c.version).where(template_versions.c.template_id == template.id)
    with den.db.read() as read:
        return [row.version for row in read.all(query.order_by(template_versions.c.version))]


def test_a_rooms_template_is_its_members_and_an_own_one_nobody_elses(den: Den) -> None:
    shared, own = _of_room(den), _own(den, den.mira)
    assert (shared.scope, shared.room, shared.version, shared.updated_by) == ("room", den.room, 1, "Ada")
    assert (own.scope, own.room, own.can_change) == ("own", None, True)
    assert _listed(den, den.mira, den.room) == [shared.id, own.id]
    assert _listed(den, den.ada, den.room) == [shared.id]
    assert _listed(den, den.mira, None) == [own.id]
    with den.db.read() as read:
        assert [t.can_change for t in list_templates(read, den.ada.id, den.room)[:1]] == [True]
        assert [t.can_change for t in list_templates(read, den.mira.id, den.room)[:2]] == [False, True]


def test_a_template_is_found_only_by_who_may_use_it_and_where(den: Den) -> None:
    shared, own, elsewhere = _of_room(den), _own(den, den.ada), den.new_room("private")
    with den.db.read() as read:
        for person, template, room, is_found in (
            (den.mira, shared, den.room, True),
            (den.mira, shared, None, True),
            (den.mira, shared, elsewhere, False),
            (den.eve, shared, den.room, False),
            (den.eve, shared, None, False),
            (den.ada, own, den.room, True),
            (den.ada, own, None, True),
            (den.mira, own, den.room, False),
            (den.mira, own, None, False),
        ):
            assert (find_template(read, person.id, template.id, room) is not None) == is_found


def test_what_is_somebody_elses_looks_in_every_use_like_what_is_not_there(den: Den) -> None:
    own, shared = _own(den, den.ada), _of_room(den)
    elsewhere = den.new_room("private")
    told = set()
    for template, room in ((own.id, den.room), (shared.id, elsewhere), (new_id(), den.room)):
        with pytest.raises(InvalidInput) as refused:
            _send(den, den.mira, template, room)
        told.add((refused.value.message, refused.value.field))
    for template in (own.id, new_id()):
        with den.db.read() as read, pytest.raises(InvalidInput) as refused:
            require_use(read, den.eve.id, wire.Generate(prompt="x", template=template), "x")
        told.add((refused.value.message, refused.value.field))
    assert len(told) == 1 and den.history() == []


def test_a_message_is_read_with_the_version_it_was_sent_with(den: Den) -> None:
    template = _of_room(den, system="You are old.")
    first = _send(den, den.mira, template.id)
    assert first.reply
    den.close(first.reply, "Salve")
    newer = _change(den, template, "New, in {{ language }}: {{ content }}")
    second = _send(den, den.mira, template.id)
    assert first.message.template and second.message.template and newer.version == 2
    assert (first.message.template.version, second.message.template.version) == (1, 2)
    turns, key = _read(den, second.reply)
    assert [turn.content.partition(": ")[2] for turn in turns if turn.role == "user"] == [
        "In Latin: Good day",
        "New, in Latin: Good day",
    ]
    assert key == f"{template.id}@2"
    delete_template(den.db, den.ada.id, template.id)
    turns, key = _read(den, first.reply)
    assert turns[-1].content == "Mira: In Latin: Good day" and turns[0].content.endswith("You are old.")
    assert key == f"{template.id}@1"
    assert _listed(den, den.mira, den.room) == []
    with pytest.raises(InvalidInput, match="no such template"):
        _send(den, den.mira, template.id)


def test_the_same_message_again_is_the_same_although_its_template_is_gone(den: Den) -> None:
    template = _of_room(den)
    fields = {"template": template.id, "variables": {"language": "Latin"}, "client_id": new_id()}
    request = wire.SendMessage(room=den.room, content="Good day", **fields)
    first = messages.send_message(den.db, NO_MODEL, den.ada, request, max_chars=1000)
    delete_template(den.db, den.ada.id, template.id)
    again = messages.send_message(den.db, NO_MODEL, den.ada, request, max_chars=1000)
    assert again.message == first.message and not again.created


def test_every_change_is_a_version_and_an_old_one_can_be_brought_back(den: Den) -> None:
    template = _of_room(den)
    _change(den, template, "Second {{ content }} {{ language }}", version=1)
    assert _change(den, template, "Second {{ content }} {{ language }}").version == 2, "nothing was changed"
    back = bring_back(den.db, den.ada.id, template.id, 1)
    assert (back.version, back.body) == (3, template.body)
    with den.db.read() as read:
        versions = template_changes.list_versions(read, den.mira.id, template.id)
        second = template_changes.get_version(read, den.mira.id, template.id, 2)
        with pytest.raises(NotFound):
            template_changes.get_version(read, den.mira.id, template.id, 9)
        told = [entry.detail for entry in list_audit(read).entries if entry.action == "templates_changed"]
    assert [(v.version, v.title, v.by) for v in versions] == [(n, "Greet", "Ada") for n in (3, 2, 1)]
    assert second.body.startswith("Second") and second.version == 2
    assert told == ["brought version 1 of “Greet” back", "changed “Greet”", "made “Greet”"]


def test_nobody_overwrites_a_change_that_they_have_not_seen(den: Den) -> None:
    template = _of_room(den)
    _change(den, template, "{{ content }} {{ language }}")
    with pytest.raises(Conflict, match="Ada has changed"):
        _change(den, template, "mine {{ content }} {{ language }}", version=1)


def test_of_the_versions_that_no_message_was_sent_with_only_the_newest_are_kept(den: Den) -> None:
    template = _of_room(den)
    _send(den, den.ada, template.id)
    for number in range(MAX_VERSIONS + 2):
        _change(den, template, f"{number} {{{{ content }}}} {{{{ language }}}}")
    assert _stored_versions(den, template) == [1, *range(4, MAX_VERSIONS + 4)]
    delete_template(den.db, den.ada.id, template.id)
    assert _stored_versions(den, template) == [1], "only what a message was sent with"


def test_a_template_that_was_never_used_is_gone_when_it_is_deleted(den: Den) -> None:
    template = _own(den, den.ada)
    delete_template(den.db, den.ada.id, template.id)
    with den.db.read() as read:
        assert read.first(select(templates)) is None and _stored_versions(den, template) == []


Attempt = Callable[[Den, wire.User, str], object]
ATTEMPTS: dict[str, Attempt] = {
    "change": lambda den, who, one: change_template(
        den.db, who.id, one, wire.ChangeTemplate(**_content("x{{content}}"))
    ),
    "delete": lambda den, who, one: delete_template(den.db, who.id, one),
    "bring back": lambda den, who, one: bring_back(den.db, who.id, one, 1),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_only_owners_change_what_is_the_rooms_and_only_its_maker_what_is_somebodys(den: Den, attempt: str) -> None:
    shared, own = _of_room(den), _own(den, den.ada)
    expected: list[tuple[wire.User, str, type[RoundtableError]]] = [
        (den.mira, shared.id, NotAllowed),
        (den.eve, shared.id, NotFound),
        (den.mira, own.id, NotFound),
        (den.ada, new_id(), NotFound),
        (den.ada, "translate", NotAllowed),
    ]
    for person, template, error in expected:
        with pytest.raises(error):
            ATTEMPTS[attempt](den, person, template)
    assert _stored_versions(den, shared) == _stored_versions(den, own) == [1]


def test_an_owner_who_has_left_or_is_none_any_more_changes_nothing(den: Den) -> None:
    shared = _of_room(den)
    with den.db.write() as uow:
        uow.execute(update(members).where(members.c.user_id == den.ada.id).values(role="member"))
    with pytest.raises(NotAllowed):
        _change(den, shared, "{{ content }} {{ language }}")
    with pytest.raises(NotAllowed):
        _of_room(den)


def test_an_archived_rooms_templates_stay_as_they_are(den: Den) -> None:
    shared = _of_room(den)
    room_endings.archive_room(den.db, den.ada.id, den.room, is_archived=True)
    with pytest.raises(NotAllowed, match="archived"):
        _change(den, shared, "{{ content }} {{ language }}")


def test_those_whom_a_change_concerns_hear_of_it(den: Den) -> None:
    shared, own = _of_room(den), _own(den, den.mira)
    _change(den, shared, "{{ content }} {{ language }}")
    delete_template(den.db, den.ada.id, shared.id)
    assert [event for event in den.heard if isinstance(event, TemplatesChanged)] == [
        TemplatesChanged(den.room, None),
        TemplatesChanged(None, den.mira.id),
        TemplatesChanged(den.room, None),
        TemplatesChanged(den.room, None),
    ]
    assert own.scope == "own"


def test_a_request_that_names_no_template_gets_the_one_of_its_type(den: Den) -> None:
    about = wire.RequestMetadata(domain="web logs", type="parsing_analysis")
    with den.db.read() as read:
        used = require_use(read, den.ada.id, wire.LlmRequest(content="x", metadata=about), "x")
    assert used and used.template.scope == "built_in"
    assert [(v.name, v.value) for v in used.use.variables] == [("domain", "web logs")], "its type is not nginx or so"
    plain = {"body": "Parse {{ content }}", "kind": "parsing_analysis", "variables": []}
    anything = _of_room(den, title="A", **plain)
    logs = _of_room(den, title="B", domain="Web logs", **plain)
    for domain, expected in (("web logs", logs), ("novels", anything)):
        said = wire.RequestMetadata(domain=domain, type="parsing_analysis")
        with den.db.read() as read:
            used = require_use(read, den.ada.id, wire.LlmRequest(content="x", metadata=said), "x", den.room)
        assert used and used.template.id == expected.id and used.use.domain == domain
    with den.db.read() as read:
        other = wire.RequestMetadata(type="nginx")
        assert require_use(read, den.ada.id, wire.LlmRequest(content="x", metadata=other), "x") is None
        translate = wire.LlmRequest(content="x", metadata=wire.RequestMetadata(type="translate"))
        with pytest.raises(InvalidInput, match="“Into” is missing") as refused:
            require_use(read, den.ada.id, translate, "x")
    assert refused.value.field == "variables.language"


def test_a_template_with_a_model_of_its_own_asks_that_unless_another_is_chosen(den: Den) -> None:
    template = _of_room(den, model="quick", options=wire.GenerationOptions(temperature=0.1))
    rules = addressees.AskRules(
        find_model=lambda handle: addressees.AskedModel(handle, handle) if handle in ("quick", "slow") else None,
        default=NO_MODEL.default,
        take=NO_MODEL.take,
    )
    for must_answer in (False, True):
        for chosen, expected in ((None, "quick"), ("slow", "slow")):
            fields = {"template": template.id, "variables": {"language": "Latin"}, "client_id": new_id()}
            request = wire.SendMessage(room=den.room, content="x", model=chosen, **fields)
            posted = messages.send_message(den.db, rules, den.mira, request, max_chars=1000, must_answer=must_answer)
            assert posted.reply and posted.reply.llm and posted.reply.llm.model == expected
            assert job_of(den.db, posted.reply.id).options == {"temperature": 0.1}
