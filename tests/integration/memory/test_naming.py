"""Which conversation a program means, and that nobody else gets at it."""

from collections.abc import Callable

import openai
import pytest

from tests.people import new_key
from tests.programs import Program

NewProgram = Callable[[], Program]


def test_without_a_conversation_or_without_memory_nothing_is_kept(program: Program) -> None:
    assert "X-Conversation-ID" not in program.named(id=None).generate("one").headers
    program.named(id=None, memory="false").ask("two")
    assert "X-Conversation-ID" not in program.named(memory="false").generate("three").headers
    assert program.conversations() == []
    program.named(memory="true").ask("kept")
    program.named(memory="FALSE").ask("not kept")
    assert program.asked() == ["user: not kept"]
    assert program.turns() == ["user: kept", "assistant: You said kept"]


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"id": None, "memory": "true"}, "X-Conversation-ID"),
        ({"memory": "yes"}, "X-Enable-Memory"),
        ({"id": ""}, "X-Conversation-ID"),
        ({"id": "a b"}, "X-Conversation-ID"),
        ({"id": "x" * 65}, "X-Conversation-ID"),
        ({"id": "größe".encode().decode("latin-1")}, "X-Conversation-ID"),
        ({"project": "p" * 129}, "X-Project"),
        ({"user": "größe".encode().decode("latin-1")}, "X-User-ID"),
    ],
)
def test_a_header_that_says_nothing_sensible_is_refused_by_name(
    program: Program, headers: dict[str, str | None], field: str
) -> None:
    error = program.named(**headers).generate("one").json()["error"]
    assert (error["code"], error["field"]) == ("invalid_input", field) and field in error["message"]
    assert program.conversations() == []


def test_an_sdk_learns_which_header_was_wrong(program: Program) -> None:
    with program.named(memory="yes").sdk() as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="llama3", messages=[{"role": "user", "content": "one"}])
    assert (refused.value.param, refused.value.code) == ("X-Enable-Memory", "invalid_input")


def test_each_project_and_each_person_has_a_conversation_of_its_own(program: Program) -> None:
    names: list[dict[str, str | None]] = [{}, {"project": "shop"}, {"project": "shop", "user": "ada@example.org"}]
    for name in names:
        program.named(**name).ask("one")
        assert program.asked() == ["user: one"]
    program.named(project="shop").ask("two")
    assert program.asked()[:2] == ["user: one", "assistant: You said one"]
    listed = [(c["project"], c["user"], c["turns"]) for c in program.conversations()]
    assert listed == [("shop", "", 4), ("shop", "ada@example.org", 2), ("", "", 2)]
    page = program.person.get("/api/conversations", limit=2).json()
    rest = program.person.get("/api/conversations", limit=2, before=page["next"]).json()
    assert [c["id"] for c in page["conversations"] + rest["conversations"]] == [
        c["id"] for c in program.conversations()
    ]
    assert rest["next"] is None


def test_the_same_words_of_another_account_reach_nothing(program: Program, new_program: NewProgram) -> None:
    program.ask("the treasure is under the oak")
    (mine,) = program.conversations()
    stranger = new_program()
    assert stranger.ask("where is it?") == "You said where is it?"
    assert stranger.asked() == ["user: where is it?"]
    (theirs,) = stranger.conversations()
    assert theirs["conversation_id"] == "chat-1" and theirs["id"] != mine["id"]
    for method in ("GET", "DELETE"):
        refused = stranger.person.request(method, f"/api/conversations/{mine['id']}")
        assert refused.status_code == 404 and "oak" not in refused.text
    assert len(program.turns()) == 2


def test_the_cache_is_not_shared_by_what_is_remembered(program: Program, new_program: NewProgram) -> None:
    text = f"the same question {new_key()}"
    other = new_program()
    assert program.generate(text).json()["cached"] is False
    assert other.generate(text).json()["cached"] is False
    assert program.named(user="mira").generate(text).json()["cached"] is False
    assert program.named(memory="false").generate(text).json()["cached"] is False
    assert other.named(memory="false").generate(text).json()["cached"] is True


def test_the_headers_are_documented_for_programs(program: Program) -> None:
    paths = program.person.get("/api/openapi.json").json()["paths"]
    for path in ("/v1/chat/completions", "/api/llm/generate"):
        told = {each["name"]: each for each in paths[path]["post"]["parameters"]}
        assert set(told) == {"X-Conversation-ID", "X-Project", "X-User-ID", "X-Enable-Memory"}
        assert all(each["in"] == "header" and each["description"] for each in told.values())
