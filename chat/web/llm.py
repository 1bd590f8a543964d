"""Models over HTTP: what there is, and one answer, whole or streamed."""

from dataclasses import dataclass

from flask import Response

from chat import wire
from chat.db.unit_of_work import Database
from chat.jobs.answer import Answer
from chat.jobs.memory import Memory
from chat.jobs.model_history import ModelHistory
from chat.jobs.queue_view import QueueView
from chat.jobs.request_job import question_of
from chat.jobs.status_feed import StatusFeed
from chat.llm.cache import ResponseCache
from chat.llm.model_list import ModelList
from chat.rate_limits import RateLimits
from chat.web.api import Api, Operation, principal, require_admin, user
from chat.web.memory_headers import MEMORY_HEADERS, named_conversation, with_conversation
from chat.web.responses import json_answer, request_id
from chat.web.sse import ChunkStream, event_stream


@dataclass(frozen=True)
class LlmRoutes:
    db: Database
    memory: Memory
    models: ModelList
    feed: StatusFeed
    cache: ResponseCache
    queue: QueueView
    history: ModelHistory
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        for operation in (
            Operation("GET", "/api/llm/models", self.list, "The models that can be asked", answer=wire.Models),
            Operation("GET", "/api/llm/status", self.feed.overall, "What they do", answer=wire.LlmStatus),
            Operation("GET", "/api/llm/history", self.show_history, "How fast", answer=wire.ModelHistories),
            Operation("GET", "/api/llm/queue", self.show_queue, "Who waits for them", answer=wire.QueueAnswer),
            Operation("GET", "/api/llm/cache", self.show_cache, "What the cache saves", answer=wire.CacheFacts),
            Operation(
                "POST",
                "/api/llm/generate",
                self.generate,
                "Ask a model",
                wire.Generate,
                wire.GenerateAnswer,
                headers=MEMORY_HEADERS,
            ),
        ):
            api.add(operation)

    def list(self) -> wire.Models:
        return wire.Models(
            models=self.models.models(),
            embedders=self.models.embedders(),
            backends=self.models.backends(),
            default=self.models.default(),
        )

    def show_history(self) -> wire.ModelHistories:
        return wire.ModelHistories(models=self.history.list())

    def show_queue(self) -> wire.QueueAnswer:
        return wire.QueueAnswer(queues=self.queue.seen_by(user().id))

    def generate(self, body: wire.Generate) -> Response:
        with self.db.read() as read:
            question = question_of(read, body, user().id, is_batch=True)
        conversation = named_conversation(user().id)
        self.limits.take("ask", user().id)
        if not body.stream:
            answer = self.memory.answer_whole(question, principal().token_id, conversation)
            return with_conversation(json_answer(_whole(answer)), conversation)
        chunks = self.memory.answer_begun(question, principal().token_id, conversation)
        lines = ChunkStream(body.model or "auto", request_id()).lines(chunks)
        return with_conversation(event_stream(lines), conversation)

    def show_cache(self) -> wire.CacheFacts:
        require_admin()
        use = self.cache.use
        entries, size = self.cache.size()
        return wire.CacheFacts(
            asked=use.asked,
            hits=use.hits,
            shared=use.asked - use.hits - use.computed,
            computed=use.computed,
            hit_rate=round(1 - use.computed / use.asked, 4) if use.asked else None,
            saved_seconds=round(use.saved_seconds, 1),
            entries=entries,
            size_bytes=size,
            max_bytes=self.cache.max_bytes,
            ttl_seconds=self.cache.ttl_seconds,
        )


def _whole(answer: Answer) -> wire.GenerateAnswer:
    return wire.GenerateAnswer(
        text=answer.text,
        model=answer.model or "",
        backend=answer.backend,
        cached=answer.cached_age is not None,
        cached_age_seconds=answer.cached_age,
        finish=answer.finish or "stop",
        usage=answer.usage(),
        timings=answer.timings(),
    )
