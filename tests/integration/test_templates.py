"""What a backend is asked when somebody uses a template, over every way in; and nothing, when it does not fit."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key
from tests.running_server import LIMITS, RunningServer

Newcomer = Callable[[], Person]
TEMPLATE_MARKS = "{{ 7 * 7 }} {% raw %} {{ ''.__class__ }}"


@pytest.fixture(scope="module")
def server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_behaved(ollama: FakeOllama) -> None:
    ollama.behaviour = OllamaBehaviour(text="Guten Tag.")
    ollama.loaded.add("llama3:latest")


def _asked(ollama: FakeOllama) -> dict[str, Any]:
    body: dict[str, Any] = ollama.chats()[-1].body
    return body


def test_the_templates_are_listed_with_all_that_a_form_needs(newcomer: Newcomer) -> None:
    templates = newcomer().get("/api/templates").json()["templates"]
    translate = next(template for template in templates if template["id"] == "translate")
    assert translate["title"] == "Translate" and "{{ content }}" in translate["body"]
    assert translate["variables"][0] == {
        **{"name": "language", "label": "Into", "type": "text"},
        **{"required": True, "default": "", "choices": []},
    }


def test_a_prompt_is_put_into_its_template_and_never_run(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, text = newcomer(), f"{TEMPLATE_MARKS} {new_key()}"
    fields: dict[str, Any] = {"prompt": text, "template": "review", "variables": {"focus": TEMPLATE_MARKS}}
    answer = ada.post("/api/llm/generate", **fields, options={"max_tokens": 50}).json()
    assert answer["text"] == "Guten Tag."
    system, user = _asked(ollama)["messages"]
    assert system["role"] == "system" and "careful reviewer" in system["content"]
    assert user["content"].endswith(text) and f"Look most of all at: {TEMPLATE_MARKS}" in user["content"]
    options = _asked(ollama)["options"]
    assert (options["temperature"], options["num_predict"]) == (0.2, 50)


def test_equal_prompts_share_an_answer_only_through_the_same_template(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, text = newcomer(), f"Good day. {new_key()}"
    german = {"prompt": text, "template": "translate", "variables": {"language": "German"}}
    before = len(ollama.chats())
    assert [ada.post("/api/llm/generate", **german).json()["cached"] for _ in range(2)] == [False, True]
    for other in (german | {"variables": {"language": "Dutch"}}, {"prompt": text}, german | {"options": {"seed": 1}}):
        assert ada.post("/api/llm/generate", **other).json()["cached"] is False
    assert len(ollama.chats()) == before + 4


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"prompt": "Hello", "template": "nothing"}, "template"),
        ({"prompt": "Hello", "template": "translate"}, "variables.language"),
        ({"prompt": "Hello", "template": "translate", "variables": {"language": ["German"]}}, "variables.language"),
        ({"prompt": "Hello", "template": "summarize", "variables": {"size": "XL"}}, "variables.size"),
        ({"prompt": "Hello", "variables": {"language": "German"}}, "template"),
        ({"messages": [{"role": "user", "content": "Hello"}], "template": "summarize"}, "template"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(
    newcomer: Newcomer, ollama: FakeOllama, fields: dict[str, Any], at_fault: str
) -> None:
    before = len(ollama.chats())
    answer = newcomer().post("/api/llm/generate", **fields)
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["field"]) == ("invalid_input", at_fault)
    assert len(ollama.chats()) == before


def test_a_request_over_a_socket_says_its_domain_and_type(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada, text = newcomer(), f"10.0.0.1 - - GET / {new_key()}"
    about = {"template": "parsing_analysis", "metadata": {"domain": "web logs", "type": "nginx"}}
    request_id = ada.call("llm_request", {"content": text, **about})["request_id"]
    ada.wait_for("llm_chunk", lambda e: e["request_id"] == request_id and e["data"]["is_final"])
    asked = _asked(ollama)["messages"][-1]["content"]
    assert "It is about: web logs" in asked and "Its type: nginx" in asked and asked.endswith(text)
    refused = ada.call("llm_request", {"content": text, "template": "nothing"})
    assert (refused["error"]["code"], refused["error"]["field"]) == ("invalid_input", "template")


def test_a_message_in_a_room_asks_with_its_template_model_and_options(newcomer: Newcomer, ollama: FakeOllama) -> None:
    ada = newcomer()
    room = ada.post("/api/rooms", name=f"Den {new_key()}").json()["room"]["id"]
    german = {"template": "translate", "variables": {"language": "German"}, "model": "llama3"}
    options = {"temperature": 0.9, "top_p": 0.5, "max_tokens": 77, "presence_penalty": 0.1, "frequency_penalty": 0.3}
    question = ada.send("Good day", room, **german, options=options)["message"]
    assert question["content"] == "Good day" and question["template"]["title"] == "Translate"
    done = ada.wait_closed(ada.wait_reply(question["id"])["id"])
    assert done["content"] == "Guten Tag." and done["llm"]["template"] == "translate"
    assert "into German" in _asked(ollama)["messages"][-1]["content"]
    sent = _asked(ollama)["options"]
    assert {**sent, "temperature": 0.9, "top_p": 0.5, "presence_penalty": 0.1, "frequency_penalty": 0.3} == sent
    assert sent["num_predict"] == 77
    refused = ada.post("/api/chat/message", room=room, content="x", client_id=new_key(), template="translate")
    assert refused.status_code == 400 and refused.json()["error"]["field"] == "variables.language"
    assert [message["seq"] for message in ada.history(room)] == [1, 2]
    by_id = ada.call("llm_request", {"content": "Good night", "room": room, **german})["request_id"]
    assert ada.wait_closed(by_id)["llm"]["template"] == "translate"
