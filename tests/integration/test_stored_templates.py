"""Templates that people make, over every way in: who hears of them, what models are asked, how they are attacked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]
GREET = {
    **{"title": "Greet", "description": "Greets somebody.", "kind": "greet", "system": "You are polite."},
    **{"body": "Greet {{ who }}{% if loud %} loudly{% endif %}: {{ content }}", "output": "Answer in one line."},
    "variables": [
        {"name": "who", "label": "Whom", "required": True},
        {"name": "loud", "label": "Loudly", "type": "switch"},
    ],
    "options": {"temperature": 0.3},
}
ADA = {"variables": {"who": "Ada", "loud": True}}


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_behaved(ollama: FakeOllama) -> None:
    ollama.behaviour = OllamaBehaviour(text="Good day.")
    ollama.loaded.add("llama3:latest")


def _room_of(owner: Person, *others: Person) -> str:
    fields = {"name": f"Den {new_key()}", "kind": "private", "members": [other.username for other in others]}
    room: str = owner.post("/api/rooms", **fields).json()["room"]["id"]
    return room


def _make(person: Person, **more: Any) -> dict[str, Any]:
    answer = person.post("/api/templates", **{**GREET, **more})
    assert answer.status_code == 201, answer.text
    template: dict[str, Any] = answer.json()["template"]
    return template


def _put(person: Person, template: str, **fields: Any) -> Any:
    return person.http.put(f"{person.url}/api/templates/{template}", json={**GREET, **fields}, timeout=30)


def _code(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["field"]


def test_an_owner_makes_a_template_and_a_member_uses_it(newcomer: Newcomer, ollama: FakeOllama) -> None:
    owner, member = newcomer(), newcomer()
    room = _room_of(owner, member)
    made = _make(owner, room=room)
    assert member.wait_for("templates_changed") == {"type": "templates_changed", "room": room}
    (seen,) = [t for t in member.get("/api/templates", room=room).json()["templates"] if t["scope"] == "room"]
    assert seen["id"] == made["id"] and seen["version"] == 1 and seen["can_change"] is False
    question = member.send("Good day", room, template=made["id"], **ADA)["message"]
    assert question["template"]["version"] == 1 and question["content"] == "Good day"
    reply = member.wait_closed(member.wait_reply(question["id"])["id"])
    assert reply["llm"]["template"] == made["id"]
    system, asked = ollama.chats()[-1].body["messages"]
    assert system["content"].endswith("You are polite.\n\nAnswer in one line.")
    assert asked["content"].endswith("Greet Ada loudly: Good day")
    assert ollama.chats()[-1].body["options"]["temperature"] == 0.3
    assert _put(owner, made["id"], body="Now {{ who }}: {{ content }}", version=1).json()["template"]["version"] == 2
    before = len(ollama.chats())
    member.call("regenerate", {"message": reply["id"]})
    is_again = lambda e: e["message"]["rev"] > reply["rev"] and e["message"]["llm"]["phase"] == "done"  # noqa: E731  one use
    member.wait_for("message_updated", is_again)
    assert len(ollama.chats()) == before + 1
    assert "Greet Ada loudly" in ollama.chats()[-1].body["messages"][-1]["content"], "as it was sent"


def test_versions_are_listed_shown_and_brought_back(newcomer: Newcomer) -> None:
    ada = newcomer()
    made = _make(ada)
    assert _put(ada, made["id"], title="Welcome").json()["template"]["title"] == "Welcome"
    path = f"/api/templates/{made['id']}"
    versions = ada.get(f"{path}/versions").json()["versions"]
    assert [(v["version"], v["title"], v["by"]) for v in versions] == [
        (2, "Welcome", ada.username),
        (1, "Greet", ada.username),
    ]
    assert ada.get(f"{path}/versions/1").json()["template"]["title"] == "Greet"
    assert ada.post(f"{path}/versions/1").json()["template"] | {"updated_at": ""} == {
        **made,
        **{"version": 3, "updated_at": ""},
    }
    assert _code(ada.get(f"{path}/versions/9")) == (404, "not_found", "version")
    assert _code(ada.get(f"{path}/versions/-1")) == (404, "not_found", "version")
    assert _code(_put(ada, made["id"], title="Late", version=2)) == (409, "conflict", "version")
    assert ada.request("DELETE", path).status_code == 204
    assert _code(ada.get(path)) == (404, "not_found", "template")


def test_one_is_tried_out_before_it_is_made(newcomer: Newcomer) -> None:
    ada = newcomer()
    answer = ada.post("/api/templates/check", template=GREET, content="Good day", **ADA)
    assert answer.json() == {
        "system": "You are polite.\n\nAnswer in one line.",
        "prompt": "Greet Ada loudly: Good day",
    }
    missing = ada.post("/api/templates/check", template=GREET, content="Good day")
    assert _code(missing) == (400, "invalid_input", "variables.who") and "“Whom” is missing" in missing.text
    broken = ada.post("/api/templates/check", template={**GREET, "body": "{{ content }}\n{{ nobody }}"}, **ADA)
    assert _code(broken) == (400, "invalid_input", "body") and "Line 2: no variable" in broken.text


def test_a_program_that_knows_only_content_and_metadata_gets_its_template(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada, text = newcomer(), f"10.0.0.1 GET / {new_key()}"
    about = {"metadata": {"domain": "web logs", "type": "parsing_analysis"}}
    request_id = ada.call("llm_request", {"content": text, **about})["request_id"]
    ada.wait_for("llm_chunk", lambda e: e["request_id"] == request_id and e["data"]["is_final"])
    asked = ollama.chats()[-1].body["messages"][-1]["content"]
    assert "Take the input below apart." in asked and "It is about: web logs" in asked and "Its type" not in asked
    whole = ada.post("/api/llm/generate", prompt=text, metadata={"domain": "novels", "type": "summarize"}).json()
    assert whole["text"] == "Good day."
    system, asked = (message["content"] for message in ollama.chats()[-1].body["messages"])
    assert "The subject: novels." in system and asked.endswith(text)


def test_a_rooms_template_of_that_kind_goes_before_the_servers(newcomer: Newcomer, ollama: FakeOllama) -> None:
    owner = newcomer()
    room = _room_of(owner)
    _make(owner, room=room, kind="summarize", body="Our way: {{ content }}", variables=[])
    about = {"room": room, "metadata": {"type": "summarize"}}
    reply = owner.call("llm_request", {"content": "A long story", **about})["request_id"]
    owner.wait_closed(reply)
    assert ollama.chats()[-1].body["messages"][-1]["content"].endswith("Our way: A long story")


def test_another_version_does_not_get_the_answer_of_an_older_one(newcomer: Newcomer) -> None:
    ada, text = newcomer(), new_key()
    made = _make(ada)
    prompt = {"prompt": text, "template": made["id"], **ADA}
    assert [ada.post("/api/llm/generate", **prompt).json()["cached"] for _ in range(2)] == [False, True]
    assert _put(ada, made["id"], title="Of the same words").ok
    assert ada.post("/api/llm/generate", **prompt).json()["cached"] is False


def test_somebody_elses_template_looks_like_a_missing_one_on_every_way_in(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    owner, eve = newcomer(), newcomer()
    private, own = _room_of(owner, eve), _make(owner)["id"]
    hidden, elsewhere = _make(owner, room=_room_of(owner))["id"], _make(owner, room=_room_of(owner, eve))["id"]
    before, told = len(ollama.chats()), set()
    for template in (own, hidden, new_key()):
        for answer in (
            eve.send("x", private, template=template, **ADA),
            eve.call("llm_request", {"content": "x", "template": template, **ADA}),
            eve.call("llm_request", {"content": "x", "template": template, "room": private, **ADA}),
            eve.post("/api/llm/generate", prompt="x", template=template, **ADA).json(),
            eve.post("/api/chat/message", room=private, content="x", client_id=new_key(), template=template).json(),
        ):
            error = answer["error"]
            told.add((error["code"], error["field"], error["message"]))
    for answer in (
        eve.send("x", private, template=elsewhere, **ADA),
        eve.call("llm_request", {"content": "x", "template": elsewhere, "room": private, **ADA}),
    ):
        told.add((answer["error"]["code"], answer["error"]["field"], answer["error"]["message"]))
    assert len(told) == 1 and eve.history(private) == [] and len(ollama.chats()) == before
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/versions"),
        ("GET", "/versions/1"),
        ("POST", "/versions/1"),
    ):
        hidden_one = eve.request(method, f"/api/templates/{own}{path}").json()["error"]
        missing = eve.request(method, f"/api/templates/{new_key()}{path}").json()["error"]
        assert hidden_one | {"request_id": ""} == missing | {"request_id": ""}


def test_a_template_that_tries_to_leave_its_sandbox_is_never_made(newcomer: Newcomer) -> None:
    ada = newcomer()
    attacks = (
        "{{ content.__class__.__mro__[1].__subclasses__() }}",
        "{% for a in content %}{% for b in content %}{{ content }}{% endfor %}{% endfor %}",
        "{{ 'x' * 999999999 }}{{ content }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}{{ content }}",
        "{{ " + "content and " * 1600 + "content }}",
    )
    for part in ("body", "system", "output"):
        for attack in attacks:
            if part == "output" and len(attack) > 2_000:
                continue
            for answer in (
                ada.post("/api/templates", **{**GREET, part: attack}),
                ada.post("/api/templates/check", template={**GREET, part: attack}, **ADA),
            ):
                assert _code(answer) == (400, "invalid_input", part)
    for field, value in (("body", "{{ content }}" + "x" * 20_000), ("variables", GREET["variables"] * 30)):
        assert _code(ada.post("/api/templates", **{**GREET, field: value}))[:2] == (400, "invalid_input")
    assert [t for t in ada.get("/api/templates").json()["templates"] if t["scope"] == "own"] == []


def test_a_template_that_would_make_a_huge_text_is_refused_before_anything_runs(
    newcomer: Newcomer, ollama: FakeOllama
) -> None:
    ada, before = newcomer(), len(ollama.chats())
    made = _make(ada, body="{{ content }}" * 290, variables=[])
    answer = ada.post("/api/llm/generate", prompt="x" * 100_000, template=made["id"])
    assert _code(answer) == (413, "too_large", "content") and len(ollama.chats()) == before


def test_who_is_put_out_of_the_room_has_its_templates_no_more(newcomer: Newcomer) -> None:
    owner, member = newcomer(), newcomer()
    room = _room_of(owner, member)
    made = _make(owner, room=room)["id"]
    assert member.get(f"/api/templates/{made}").ok
    assert _code(_put(member, made)) == (403, "not_allowed", "room")
    owner.request("DELETE", f"/api/rooms/{room}/members/{member.username}")
    assert _code(member.get(f"/api/templates/{made}")) == (404, "not_found", "template")
    answer = member.post("/api/llm/generate", prompt="x", template=made, **ADA)
    assert _code(answer) == (400, "invalid_input", "template")
