"""How each kind of backend writes an answer, byte for byte, and which of its routes is for what."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tests.fakes.serving import Seen

# What a request is for: which models there are; whether one is in memory; to load it; its progress; the answer.
Stage = Literal["list", "state", "load", "events", "answer", "other"]

_STAGES: dict[str, dict[str, Stage]] = {
    "ollama": {"/api/tags": "list", "/api/ps": "state", "/api/chat": "answer"},
    "lmstudio": {"/api/v1/models": "list", "/api/v1/chat": "load", "/v1/chat/completions": "answer"},
    "lmstudio-v0": {"/api/v0/models": "list", "/api/v0/chat/completions": "answer"},
    "llama": {"/v1/models": "list", "/props": "state", "/v1/chat/completions": "answer"},
    "llama-router": {
        "/models": "list",
        "/models/load": "load",
        "/models/sse": "events",
        "/v1/chat/completions": "answer",
    },
    "openai": {"/v1/models": "list", "/v1/chat/completions": "answer"},
}


def stage_of(kind: str, seen: Seen) -> Stage:
    """An empty chat is how one loads a model of Ollama, a question that is not streamed one of LM Studio before 0.4."""
    stage = _STAGES[kind].get(seen.path, "other")
    if stage != "answer":
        return stage
    is_load = (kind == "ollama" and not seen.body["messages"]) or (kind == "lmstudio-v0" and not seen.body["stream"])
    return "load" if is_load else "answer"


class Speech(Protocol):
    """One kind's way of streaming."""

    content_type: str

    def word(self, text: str) -> bytes:
        """One more piece of the answer."""
        ...

    def said(self, event: Any) -> bytes:
        """Any JSON, framed as the answer's pieces are."""
        ...

    def nothing(self) -> bytes:
        """What may come at any time and means nothing."""
        ...

    def error(self, text: str) -> bytes:
        """A failure in the middle of the answer."""
        ...

    def refusal(self, text: str) -> Any:
        """The JSON of a failure before the answer."""
        ...

    def end(self) -> bytes:
        """The answer is complete."""
        ...


class Lines:
    """Ollama: one JSON object a line."""

    content_type = "application/x-ndjson"

    def word(self, text: str) -> bytes:
        return self.said({"model": "llama3", "message": {"role": "assistant", "content": text}, "done": False})

    def said(self, event: Any) -> bytes:
        return json.dumps(event).encode() + b"\n"

    def nothing(self) -> bytes:
        return b"\n"

    def error(self, text: str) -> bytes:
        return self.said(self.refusal(text))

    def refusal(self, text: str) -> Any:
        return {"error": text}

    def end(self) -> bytes:
        message = {"role": "assistant", "content": ""}
        return self.said({"model": "llama3", "message": message, "done": True, "done_reason": "stop"})


@dataclass(frozen=True)
class Events:
    """OpenAI's chat completions; `code` is what llama-server puts beside a message."""

    code: Any = None
    content_type = "text/event-stream"

    def word(self, text: str) -> bytes:
        return self.said({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def said(self, event: Any) -> bytes:
        return b"data: " + json.dumps(event).encode() + b"\n\n"

    def nothing(self) -> bytes:
        return b": keep-alive\n\n"

    def error(self, text: str) -> bytes:
        return self.said(self.refusal(text))

    def refusal(self, text: str) -> Any:
        return {"error": {"message": text, "type": "server_error", "param": None, "code": self.code}}

    def end(self) -> bytes:
        last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        return self.said(last) + b"data: [DONE]\n\n"


SPEECH: dict[str, Speech] = {
    "ollama": Lines(),
    "lmstudio": Events(),
    "lmstudio-v0": Events(),
    "llama": Events(code=500),
    "llama-router": Events(code=500),
    "openai": Events(),
}
