"""Going on with an answer that was cut off: which backend is given its beginning, and which is asked for the rest."""

from dataclasses import replace

import pytest

from chat.llm.base import ChatMessage, ChatRequest
from chat.llm.cancelling import CancelToken
from chat.llm.continuing import GO_ON
from chat.llm.embedded import EMBEDDED_MODEL, Embedded
from tests.fakes.asking import question, text_of
from tests.integration.llm.conftest import Rig

BEGUN = ChatMessage("assistant", "1, 2,")
WRITES_ON = {"ollama", "llama", "llama-router"}


def _cut_off(model: str = "llama3", **options: object) -> ChatRequest:
    asked = question("Count from 1 to 6.", model, **options)
    return replace(asked, messages=(*asked.messages, BEGUN), continues=True)


def test_the_beginning_of_the_answer_comes_last_and_where_that_ends_it_the_rest_is_asked_for(rig: Rig) -> None:
    rig.behave(text="3, 4")
    text = text_of(rig.backend.chat(_cut_off(), CancelToken()))
    sent = [turn["content"] for turn in rig.server.chats()[-1].body["messages"]]
    if rig.kind in WRITES_ON:
        assert (sent, text) == (["Count from 1 to 6.", "1, 2,"], "3, 4")
    else:
        assert (sent, text) == (["Count from 1 to 6.", "1, 2,", GO_ON], " 3, 4"), "a new message begins without a space"


@pytest.mark.parametrize(
    ("begun", "rest", "space"),
    [("the end", "comes", True), ("the end.", "It", True), ("the end ", "comes", False), ("the end", ", or", False)],
)
def test_a_space_is_put_in_only_where_two_words_would_become_one(
    rig: Rig, begun: str, rest: str, *, space: bool
) -> None:
    rig.behave(text=rest)
    request = replace(_cut_off(), messages=(BEGUN, ChatMessage("assistant", begun)))
    text = text_of(rig.backend.chat(request, CancelToken()))
    assert text == (f" {rest}" if space and rig.kind not in WRITES_ON else rest)


def test_a_llama_server_whose_model_thinks_first_is_asked_for_the_rest(rig: Rig) -> None:
    if rig.kind in ("llama", "llama-router"):
        rig.behave(fault="no prefill", fault_times=1 if rig.kind == "llama" else 2)  # a router's first is its load
    text = text_of(rig.backend.chat(_cut_off(), CancelToken()))
    assert text.strip() == "Hello from the other side."
    last = rig.server.chats()[-1].body["messages"][-1]["content"]
    assert last == (BEGUN.content if rig.kind == "ollama" else GO_ON)


def test_the_built_in_model_writes_on() -> None:
    backend = Embedded()
    try:
        request = _cut_off(EMBEDDED_MODEL, temperature=0.0, max_tokens=6)
        assert text_of(backend.chat(request, CancelToken())).startswith(" 3, 4")
    finally:
        backend.close()
