"""Every failure under `/v1` has OpenAI's shape and the status that SDKs have an exception for."""

from collections.abc import Callable
from typing import Any

import openai
import pytest
import requests
from openai import OpenAI

from tests.fakes.ollama import OllamaBehaviour
from tests.people import new_key
from tests.running_server import RunningServer

SHAPE = {"message", "type", "param", "code", "retry_after", "request_id"}
CHAT = "/v1/chat/completions"


@pytest.fixture
def ask(key: str, server: RunningServer) -> Callable[..., requests.Response]:
    headers = {"Authorization": f"Bearer {key}"}
    return lambda method, path, **more: requests.request(
        method, server.url + path, timeout=10, **{**more, "headers": {**headers, **more.get("headers", {})}}
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1", 404),
        ("POST", "/v1", 404),
        ("GET", "/v1/", 404),
        ("GET", "/v1/nothing", 404),
        ("POST", "/v1/responses", 404),
        ("DELETE", "/v1/nothing/here", 404),
        ("GET", CHAT, 405),
        ("DELETE", CHAT, 405),
        ("PUT", "/v1/models", 405),
        ("DELETE", "/v1/models/llama3", 405),
    ],
)
def test_an_address_or_a_method_that_there_is_not(
    ask: Callable[..., requests.Response], method: str, path: str, status: int
) -> None:
    answer = ask(method, path)
    assert (answer.status_code, set(answer.json()["error"])) == (status, SHAPE)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": b"{"}, 400),
        ({"data": b"[]"}, 400),
        ({"data": iter([b"{}"])}, 400),
        ({"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 400),
        ({"data": b" " * 4_000_001}, 413),
        ({"data": b"{}", "headers": {"Authorization": "Bearer rt_wrong"}}, 401),
    ],
)
def test_a_body_that_cannot_be_read(ask: Callable[..., requests.Response], sent: Any, status: int) -> None:
    answer = ask("POST", CHAT, **{**sent, "headers": {"Content-Type": "application/json", **sent.get("headers", {})}})
    assert (answer.status_code, set(answer.json()["error"])) == (status, SHAPE)


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"stop": ""}, "stop"),
        ({"stop": [""]}, "stop.0"),
        ({"tool_choice": "perhaps"}, "tool_choice"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages.0.content.0.type"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
    ],
)
def test_a_refused_field_is_named_as_the_program_wrote_it(
    ask: Callable[..., requests.Response], sent: Any, param: str
) -> None:
    usual = {"model": "llama3", "messages": [{"role": "user", "content": "hello"}]}
    error = ask("POST", CHAT, json={**usual, **sent}).json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert error["message"].startswith(f"{param}: ")


def test_what_openai_has_and_we_have_not_is_not_found(key: str, server: RunningServer) -> None:
    with OpenAI(api_key=key, base_url=f"{server.url}/v1", max_retries=0) as client:
        with pytest.raises(openai.NotFoundError):
            client.completions.create(model="llama3", prompt="hello")
        with pytest.raises(openai.NotFoundError):
            client.responses.create(model="llama3", input="hello")


def test_whatever_may_pass_says_when_to_come_back(
    ask: Callable[..., requests.Response], behaviour: OllamaBehaviour
) -> None:
    behaviour.fault = "die"
    answer = ask("POST", CHAT, json={"model": "llama3", "messages": [{"role": "user", "content": new_key()}]})
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "model_unreachable"
    assert answer.headers["Retry-After"] == "5" and "x-should-retry" not in answer.headers


def test_usage_is_told_once_however_it_is_asked_for(key: str, server: RunningServer) -> None:
    """Some programs add up the usage of all chunks."""
    for options in ({}, {"include_usage": True}, {"include_usage": True, "include_status": False}):
        with OpenAI(api_key=key, base_url=f"{server.url}/v1", max_retries=0) as client:
            messages: Any = [{"role": "user", "content": new_key()}]
            more: Any = {"stream_options": options} if options else {}
            chunks = list(client.chat.completions.create(model="llama3", messages=messages, stream=True, **more))
        assert len([chunk for chunk in chunks if chunk.usage]) == 1, options
