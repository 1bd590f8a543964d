"""What is remembered of a program's conversation, for how long, and for whom."""

from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import delete, update

from chat import wire
from chat.db.tables import conversation_turns, conversations, users
from chat.domain import memory
from chat.errors import InvalidInput, NotFound
from chat.services import conversations as service
from chat.services.conversations import (
    ConversationName,
    Remembered,
    Spoken,
    delete_conversation,
    get_conversation,
    list_conversations,
    recall,
    remember,
)
from tests.services.den import Den


@pytest.fixture
def name(den: Den) -> ConversationName:
    return ConversationName(den.ada.id, "chat-1", "shop", "ada@example.org")


def _recall(den: Den, name: ConversationName) -> Remembered:
    with den.db.read() as read:
        return recall(read, name)


def _say(den: Den, name: ConversationName, *texts: str, known: str | None = None) -> None:
    """A question and its answer, and so on."""
    turns = [Spoken("assistant" if place % 2 else "user", text) for place, text in enumerate(texts)]
    remember(den.db, name, known, ["Be brief."], turns)


def _texts(remembered: Remembered) -> list[str]:
    return [turn.content for turn in remembered.turns]


def _listed(den: Den, user_id: str, limit: int = 50, **query: str) -> wire.Conversations:
    with den.db.read() as read:
        return list_conversations(read, user_id, limit=limit, **query)


def test_turns_are_kept_in_their_order_with_their_calls(den: Den, name: ConversationName) -> None:
    assert _recall(den, name) == Remembered(None, [], [])
    call = wire.ToolAsked(id="call_1", function=wire.FunctionAsked(name="weather", arguments='{"city": "Oslo"}'))
    asked = [Spoken("user", "How is it?"), Spoken("assistant", "", [call])]
    remember(den.db, name, None, ["Be brief."], asked)
    first = _recall(den, name)
    remember(den.db, name, first.id, [], [Spoken("tool", "Snow.", None, "call_1"), Spoken("assistant", "Cold.")])
    kept = _recall(den, name)
    assert (kept.id, kept.system) == (first.id, [])
    assert [(turn.role, turn.content) for turn in kept.turns] == [
        ("user", "How is it?"),
        ("assistant", ""),
        ("tool", "Snow."),
        ("assistant", "Cold."),
    ]
    assert kept.turns[1].tool_calls == [call] and kept.turns[2].tool_call_id == "call_1"


def test_account_name_project_and_person_are_all_of_its_identity(den: Den, name: ConversationName) -> None:
    _say(den, name, "secret", "ok")
    others = [
        replace(name, user_id=den.mira.id),
        replace(name, name="chat-2"),
        replace(name, project="other"),
        replace(name, end_user=""),
    ]
    assert [_recall(den, other).id for other in others] == [None] * 4
    assert _texts(_recall(den, name)) == ["secret", "ok"]


def test_nobody_else_sees_or_forgets_it_by_its_id(den: Den, name: ConversationName) -> None:
    _say(den, name, "secret", "ok")
    (mine,) = _listed(den, den.ada.id).conversations
    assert _listed(den, den.mira.id).conversations == []
    with den.db.read() as read, pytest.raises(NotFound):
        get_conversation(read, den.mira.id, mine.id)
    with pytest.raises(NotFound):
        delete_conversation(den.db, den.mira.id, mine.id)
    assert _texts(_recall(den, name)) == ["secret", "ok"]


def test_its_owner_sees_all_that_is_kept_and_forgets_it_for_good(den: Den, name: ConversationName) -> None:
    _say(den, name, "one", "1")
    (mine,) = _listed(den, den.ada.id).conversations
    assert (mine.conversation_id, mine.project, mine.user) == ("chat-1", "shop", "ada@example.org")
    with den.db.read() as read:
        shown = get_conversation(read, den.ada.id, mine.id)
    assert shown.conversation == mine and mine.turns == 2 and shown.system == ["Be brief."]
    assert [turn.content for turn in shown.turns] == ["one", "1"]
    delete_conversation(den.db, den.ada.id, mine.id)
    assert (den.count(conversations), den.count(conversation_turns)) == (0, 0)
    with pytest.raises(NotFound):
        delete_conversation(den.db, den.ada.id, mine.id)


def test_an_answer_that_ends_after_its_conversation_was_forgotten_does_not_bring_it_back(
    den: Den, name: ConversationName
) -> None:
    _say(den, name, "one", "1")
    known = _recall(den, name).id
    assert known
    delete_conversation(den.db, den.ada.id, known)
    _say(den, name, "two", "2", known=known)
    assert _recall(den, name).id is None
    _say(den, name, "three", "3")
    _say(den, name, "two", "2", known=known)
    assert _texts(_recall(den, name)) == ["three", "3"]


def test_two_first_questions_at_once_end_up_in_one_conversation(den: Den, name: ConversationName) -> None:
    _say(den, name, "one", "1", known=None)
    _say(den, name, "two", "2", known=None)
    assert _texts(_recall(den, name)) == ["one", "1", "two", "2"] and den.count(conversations) == 1


def test_somebody_who_is_deleted_takes_their_conversations_along(den: Den, name: ConversationName) -> None:
    _say(den, name, "one", "1")
    with den.db.write() as uow:
        uow.execute(delete(users).where(users.c.id == den.ada.id))
    assert (den.count(conversations), den.count(conversation_turns)) == (0, 0)


def test_old_turns_are_forgotten_by_their_number_and_their_size(
    den: Den, name: ConversationName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "KEPT_TURNS", 7)
    for number in range(10):
        _say(den, name, f"q{number}", f"a{number}")
    assert _texts(_recall(den, name)) == ["q7", "a7", "q8", "a8", "q9", "a9"], "from a question on"
    monkeypatch.setattr(service, "KEPT_CHARS", 1000)
    call = wire.ToolAsked(id="c", function=wire.FunctionAsked(name="f", arguments="x" * 2000))
    for text in "abc":
        remember(den.db, name, None, [], [Spoken("user", text), Spoken("assistant", "", [call])])
    assert _texts(_recall(den, name)) == [""], "what a model calls has a size, too"
    _say(den, name, "x" * 960, "short")
    assert [len(text) for text in _texts(_recall(den, name))] == [960, 5]
    _say(den, name, "y", "z" * 5000)
    assert len(_recall(den, name).turns) <= 2, "the newest is there, whatever its size"
    _say(den, name, "q", "a")
    assert _texts(_recall(den, name)) == ["q", "a"]
    assert memory.KEPT_CHARS > 100_000 and memory.KEPT_TURNS > 100


def test_of_too_many_conversations_the_one_goes_that_was_not_used_for_longest(
    den: Den, name: ConversationName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "KEPT_CONVERSATIONS", 3)
    names = [replace(name, name=f"chat-{number}") for number in range(4)]
    other = replace(name, user_id=den.mira.id)
    for time, each in enumerate([other, *names[:3]]):
        _say(den, each, "q", "a")
        _set_time(den, each, time)
    _say(den, names[0], "again", "a")
    _say(den, names[3], "q", "a")
    assert {row.conversation_id for row in _listed(den, den.ada.id).conversations} == {"chat-0", "chat-2", "chat-3"}
    assert len(_listed(den, den.mira.id).conversations) == 1


def _set_time(den: Den, name: ConversationName, time: int) -> None:
    with den.db.write() as uow:
        here = (conversations.c.user_id == name.user_id, conversations.c.name == name.name)
        uow.execute(update(conversations).where(*here).values(updated_at=time))


def test_pages_go_through_all_of_them_last_used_first(den: Den, name: ConversationName) -> None:
    for number in range(7):
        each = replace(name, name=f"chat-{number}", project="even" if number % 2 == 0 else "odd")
        _say(den, each, "q", "a")
        _set_time(den, each, number // 2)  # two at a time
    pages: list[wire.Conversations] = [_listed(den, den.ada.id, limit=3)]
    while pages[-1].next:
        pages.append(_listed(den, den.ada.id, limit=3, before=pages[-1].next))
    found = [row for page in pages for row in page.conversations]
    assert len({row.id for row in found}) == 7 and [len(page.conversations) for page in pages] == [3, 3, 1]
    assert all(first.updated_at >= second.updated_at for first, second in pairwise(found))
    odd = _listed(den, den.ada.id, project="odd").conversations
    assert {row.conversation_id for row in odd} == {"chat-1", "chat-3", "chat-5"}
    (one,) = _listed(den, den.ada.id, conversation="chat-4", user="ada@example.org").conversations
    assert one.project == "even"
    with pytest.raises(InvalidInput):
        _listed(den, den.ada.id, before="yesterday")
