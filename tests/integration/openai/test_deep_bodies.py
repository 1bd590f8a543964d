"""JSON that is nested so deeply that no backend could be sent it."""

import json
from typing import Any

import pytest
import requests

from tests.running_server import RunningServer

MOST = 100


def nested(levels: int) -> dict[str, Any]:
    return {"a": nested(levels - 1)} if levels > 1 else {"a": [1]}


def fields(value: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each field that goes to a backend as it is, by the name that an error gives it."""
    return {
        "tools.0.function.parameters": {
            "tools": [{"type": "function", "function": {"name": "f", "parameters": value}}]
        },
        "tool_choice": {"tool_choice": value},
        "response_format": {"response_format": {"type": "json_schema", "json_schema": {"schema": value}}},
    }


def ask(server: RunningServer, key: str, **more: Any) -> requests.Response:
    body = {"model": "llama3", "messages": [{"role": "user", "content": "hi"}], **more}
    headers = {"Authorization": f"Bearer {key}"}
    return requests.post(f"{server.url}/v1/chat/completions", json=body, headers=headers, timeout=30)


@pytest.mark.parametrize("field", fields({}))
@pytest.mark.parametrize("levels", [MOST, 250, 900])
def test_what_is_too_deep_is_refused(server: RunningServer, key: str, field: str, levels: int) -> None:
    answer = ask(server, key, **fields(nested(levels))[field])
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["param"].startswith(field)
    assert "Traceback" not in server.log()


@pytest.mark.parametrize("field", fields({}))
def test_what_a_schema_needs_is_not(server: RunningServer, key: str, field: str) -> None:
    assert ask(server, key, **fields(nested(MOST - 4))[field]).ok


def test_what_a_program_calls_arguments_may_be_anything(server: RunningServer, key: str) -> None:
    for arguments in (json.dumps(nested(300)), "[" * 100_000, "nothing", '{"a":"\\ud800"}'):
        call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
        turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": [call]}]
        assert ask(server, key, messages=[*turns, {"role": "user", "content": arguments[:9]}]).ok
    assert "Traceback" not in server.log()
