"""OpenAI's API under `/v1`, over the same jobs as everything else: official SDKs work with it unchanged."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from chat import wire
from chat.errors import InvalidInput, ModelNotFound
from chat.jobs.answer import Answer, options_of, tools_asked
from chat.jobs.asking import Question
from chat.jobs.memory import Memory
from chat.llm.base import ChatMessage, ToolCall, Tooling
from chat.llm.model_list import ModelList
from chat.rate_limits import RateLimits
from chat.web.api import Api, Operation, principal
from chat.web.memory_headers import MEMORY_HEADERS, named_conversation, with_conversation
from chat.web.openai_errors import openai_error
from chat.web.responses import json_answer, request_id
from chat.web.sse import ChunkStream, Form, event_stream, token_usage

AUTO = wire.ListedModel(id="auto", owned_by="roundtable", loaded=None, context_length=None, capabilities=["completion"])


@dataclass(frozen=True)
class CompletionRoutes:
    memory: Memory
    models: ModelList
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        create, answer = wire.CreateCompletion, wire.Completion
        for operation in (
            Operation(
                "POST",
                "/v1/chat/completions",
                self.complete,
                "Ask a model, as with OpenAI",
                create,
                answer,
                headers=MEMORY_HEADERS,
            ),
            Operation("GET", "/v1/models", self.list, "The models, as with OpenAI", answer=wire.ListedModels),
            Operation("GET", "/v1/models/{path:model}", self.show, "One of them", answer=wire.ListedModel),
        ):
            api.add(operation)

    def list(self) -> wire.ListedModels:
        return wire.ListedModels(data=[AUTO, *map(_listed, [*self.models.models(), *self.models.embedders()])])

    def show(self, model: str) -> wire.ListedModel:
        found = next((listed for listed in self.list().data if listed.id == model), None)
        if found is None:
            raise ModelNotFound(f"There is no model “{model}”. GET /v1/models lists them.", field="model")
        return found

    def complete(self, body: wire.CreateCompletion) -> Response:
        who = principal()
        question, conversation = _question_of(body, who.user.id), named_conversation(who.user.id)
        self.limits.take("ask", who.user.id)
        if not body.stream:
            answer = self.memory.answer_whole(question, who.token_id, conversation)
            return with_conversation(json_answer(_whole(answer)), conversation)
        chunks = self.memory.answer_begun(question, who.token_id, conversation)
        lines = ChunkStream(body.model, request_id(), _form_of(body)).lines(chunks)
        return with_conversation(event_stream(lines), conversation)


def _listed(model: wire.ModelInfo) -> wire.ListedModel:
    """Under its handle, which is unique and short."""
    return wire.ListedModel(
        id=model.handle,
        owned_by=model.backend,
        loaded=model.loaded,
        context_length=model.context_length,
        capabilities=model.capabilities,
    )


def _question_of(body: wire.CreateCompletion, user_id: str) -> Question:
    options = {name: value for name in wire.Sampling.model_fields if (value := getattr(body, name)) is not None}
    if body.max_completion_tokens is not None:
        options["max_tokens"] = body.max_completion_tokens
    options["stop"] = [body.stop] if isinstance(body.stop, str) else body.stop
    return Question(
        model=body.model,
        messages=tuple(_turn(message, place) for place, message in enumerate(body.messages)),
        user_id=user_id,
        scope="prompt",
        options=options_of(options),
        tooling=Tooling(
            tools=tuple(tool.model_dump(exclude_unset=True) for tool in body.tools or ()),
            tool_choice=body.tool_choice,
            response_format=body.response_format,
        ),
        bypass_cache=bool(body.bypass_cache),
        is_batch=True,
    )


def _turn(message: wire.CompletionMessage, place: int) -> ChatMessage:
    calls = tuple(ToolCall(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ())
    if message.content is None and not calls:
        raise InvalidInput("A message needs content, or tool_calls.", field=f"messages.{place}.content")
    role = "system" if message.role == "developer" else message.role
    return ChatMessage(role, _text(message.content), calls, message.tool_call_id)


def _text(content: str | Sequence[wire.ContentPart] | None) -> str:
    return content if isinstance(content, str) else "".join(part.text for part in content or ())


def _form_of(body: wire.CreateCompletion) -> Form:
    wanted = body.stream_options or wire.StreamOptions()
    return Form(wanted.include_status is not False, bool(wanted.include_usage), openai_error)


def _whole(answer: Answer) -> dict[str, Any]:
    """A `wire.Completion`; checking our own values once more would cost a tenth of a cached answer."""
    calls = [call.model_dump() for call in tools_asked(answer.tool_calls) or ()]
    message = {
        "role": "assistant",
        "content": answer.text or (None if calls else ""),
        "tool_calls": calls or None,
        "refusal": None,
    }
    return {
        "id": f"chatcmpl-{request_id()}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": answer.model or "",
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish or "stop", "logprobs": None}],
        "usage": token_usage(answer),
        "backend": answer.backend,
        "cached": answer.cached_age is not None,
        "timings": answer.timings().model_dump(),
    }
