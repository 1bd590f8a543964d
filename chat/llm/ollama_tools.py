"""Tools as Ollama has them: OpenAI's declarations, but arguments as objects, whole calls, and no ids."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import orjson

from chat.llm.base import ChatMessage, ToolCall, ToolCallChunk, Tooling


def turns(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """A conversation. A tool's answer names its tool, which is found by the call's id."""
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    return [_turn(message, names) for message in messages]


def _turn(message: ChatMessage, names: dict[str, str]) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        turn["tool_calls"] = [_call(call) for call in message.tool_calls]
    if message.tool_call_id in names:
        turn["tool_name"] = names[message.tool_call_id]
    return turn


def _call(call: ToolCall) -> dict[str, Any]:
    try:
        arguments = json.loads(call.arguments)
        orjson.dumps(arguments)
    except (ValueError, TypeError, RecursionError):  # what a program calls arguments, may be anything
        arguments = {}
    return {"function": {"name": call.name, "arguments": arguments if isinstance(arguments, dict) else {}}}


def tooling(wanted: Tooling) -> dict[str, Any]:
    """Its fields of a request. It has no `tool_choice`: "none" is to name no tools, the rest is the model's choice."""
    tools = list(wanted.tools) if wanted.tool_choice != "none" else []
    return {**({"tools": tools} if tools else {}), **_format(wanted.response_format or {})}


def _format(response_format: dict[str, Any]) -> dict[str, Any]:
    kind, described = response_format.get("type"), response_format.get("json_schema")
    if kind == "json_schema" and isinstance(described, dict):
        return {"format": described.get("schema", "json")}
    return {"format": "json"} if kind == "json_object" else {}


def tool_calls(message: dict[str, Any], first: int) -> Iterator[ToolCallChunk]:
    """The calls in one line of an answer, numbered from `first`; older releases give them no id."""
    listed = message.get("tool_calls")
    for index, call in enumerate(listed if isinstance(listed, list) else [], start=first):
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            known = call.get("id")
            yield ToolCallChunk(
                index=index,
                id=known if isinstance(known, str) and known else f"call_{uuid4().hex[:24]}",
                name=str(function.get("name", "")),
                arguments=json.dumps(function.get("arguments") or {}),
            )
