"""A new version of the server brings new templates; what was sent with the old ones is read as it was."""

from typing import Any

import pytest

from chat import wire
from chat.db.ids import new_id
from chat.services import messages, prompts, reopening
from chat.services.shipped_templates import built_in_templates, store_built_in
from chat.services.template_changes import get_template_view, get_version, list_versions
from chat.services.templates import list_templates
from tests.services.den import NO_MODEL, Den, job_of

NOW = built_in_templates()
BEFORE = {"summarize": NOW["summarize"].model_copy(update={"body": "Make it short:\n\n{{ content }}", "variables": []})}


@pytest.fixture
def sent(den: Den) -> messages.Posted:
    """A message of the time when the server came with another template."""
    store_built_in(den.db, BEFORE)
    return _send(den)


def _send(den: Den, **more: Any) -> messages.Posted:
    fields = {"room": den.room, "content": "Rain, and more rain.", "client_id": new_id(), "template": "summarize"}
    request = wire.SendMessage.model_validate(fields | more)
    return messages.send_message(den.db, NO_MODEL, den.ada, request, max_chars=1000)


def _read(den: Den, posted: messages.Posted) -> tuple[str, str | None]:
    """What the model is asked last, and the key of the template."""
    assert posted.reply
    with den.db.read() as read:
        reading = prompts.build_prompt(read, job_of(den.db, posted.reply.id), None)
    return reading.prompt.turns[-1].content, reading.template


def test_an_old_message_is_asked_again_as_it_was_sent(den: Den, sent: messages.Posted) -> None:
    before = _read(den, sent)
    assert before == ("Ada: Make it short:\n\nRain, and more rain.", "summarize@1")
    assert sent.reply
    den.close(sent.reply, "Wet.")
    store_built_in(den.db, NOW)
    later = _send(den)
    text, key = _read(den, later)
    assert "bullet points" in text and key == "summarize@2" and later.message.template
    assert later.message.template.version == 2
    reopening.reopen_reply(den.db, den.ada.id, wire.Regenerate(message=sent.reply.id))
    assert _read(den, sent) == before


def test_a_later_question_reads_each_message_as_it_was_sent(den: Den, sent: messages.Posted) -> None:
    assert sent.reply
    den.close(sent.reply, "Wet.")
    store_built_in(den.db, NOW)
    posted = _send(den)
    assert posted.reply
    with den.db.read() as read:
        turns = prompts.build_prompt(read, job_of(den.db, posted.reply.id), None).prompt.turns
    assert "Make it short" in turns[1].content and "bullet points" in turns[-1].content


def test_the_newest_version_is_what_everybody_is_offered(den: Den, sent: messages.Posted) -> None:
    with den.db.read() as read:
        assert get_template_view(read, den.ada.id, "summarize").body == BEFORE["summarize"].body
    store_built_in(den.db, NOW)
    with den.db.read() as read:
        offered = {template.id: template for template in list_templates(read, den.ada.id)}
        assert [version.version for version in list_versions(read, den.ada.id, "summarize")] == [2, 1]
        assert get_version(read, den.ada.id, "summarize", 1).body == BEFORE["summarize"].body
    assert offered["summarize"] == NOW["summarize"].model_copy(update={"version": 2})
    assert offered["translate"] == NOW["translate"]


def test_a_start_with_the_same_files_makes_no_version(den: Den) -> None:
    for _ in range(2):
        store_built_in(den.db, NOW)
    with den.db.read() as read:
        assert {template.version for template in list_templates(read, den.ada.id)} == {1}


def test_a_template_that_is_gone_is_offered_to_nobody_and_its_messages_are_read_as_before(den: Den) -> None:
    gone = NOW["summarize"].model_copy(update={"id": "haiku", "body": "A haiku of:\n\n{{ content }}", "variables": []})
    store_built_in(den.db, {"haiku": gone})
    use = wire.TemplateUse(id="haiku", title="Haiku")
    said = den.say(den.ada, "Rain").model_copy(update={"template": use})
    with den.db.read() as read:
        assert "haiku" not in {template.id for template in list_templates(read, den.ada.id)}
        assert prompts.text_asked(read, said).prompt == "A haiku of:\n\nRain"
