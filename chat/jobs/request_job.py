"""Questions that belong to no room: from the API and from `llm_request`. They live as long as who asked is there."""

import logging
from collections.abc import Callable, Iterator

from chat import wire
from chat.background import Background
from chat.errors import InvalidInput, RoundtableError
from chat.jobs.answer import Answer, options_of
from chat.jobs.asking import Asker, Question
from chat.llm.base import Cancelled, CancelToken, ChatMessage, Chunk, TextChunk

log = logging.getLogger(__name__)


def question_of(request: wire.Generate, user_id: str) -> Question:
    """A request of the API as a question. Raises `InvalidInput` unless it has either a prompt or messages."""
    if (request.prompt is None) == (request.messages is None):
        raise InvalidInput("Send either “prompt” or “messages”.", field="prompt")
    if request.template is not None:
        raise InvalidInput("There is no such template.", field="template")
    turns = request.messages or [wire.PromptMessage(role="user", content=request.prompt or "")]
    return Question(
        model=request.model,
        messages=tuple(ChatMessage(turn.role, turn.content) for turn in turns),
        user_id=user_id,
        scope="prompt",
        options=options_of(request.options.model_dump(exclude_none=True) if request.options else {}),
        bypass_cache=request.bypass_cache,
    )


def answer_whole(asker: Asker, question: Question) -> wire.GenerateAnswer:
    """Waits for the whole answer. Raises `ModelError`."""
    answer = Answer()
    for chunk in asker.ask(question, CancelToken()):
        answer.take(chunk)
    return generate_answer(answer)


def generate_answer(answer: Answer) -> wire.GenerateAnswer:
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


def answer_stream(asker: Asker, question: Question) -> Iterator[Chunk]:
    """The chunks; closing the generator (the client has gone) stops the question. Raises `ModelError` in between."""
    cancel = CancelToken()
    try:
        yield from asker.ask(question, cancel)
    finally:
        cancel.cancel()


class RequestJobs:
    """`llm_request`: answers go back to the socket that asked, as `llm_chunk`, and end when it is gone."""

    def __init__(self, asker: Asker, background: Background) -> None:
        self._asker, self._background = asker, background
        self._running: dict[str, dict[str, CancelToken]] = {}

    def begin(self, owner: str, request_id: str, question: Question, send: Callable[[wire.LlmChunk], None]) -> None:
        """`owner` is what `cancel_all` ends by: the socket's id."""
        token = self._running.setdefault(owner, {})[request_id] = CancelToken()
        self._background.spawn(lambda: self._run(owner, request_id, question, token, send))

    def cancel_all(self, owner: str) -> None:
        for token in self._running.pop(owner, {}).values():
            token.cancel()

    def _run(
        self,
        owner: str,
        request_id: str,
        question: Question,
        token: CancelToken,
        send: Callable[[wire.LlmChunk], None],
    ) -> None:
        answer = Answer()
        error: wire.ErrorBody | None = None
        try:
            for chunk in self._asker.ask(question, token):
                if isinstance(chunk, TextChunk):
                    send(_chunk(request_id, chunk.text, len(answer.text)))
                answer.take(chunk)
        except Cancelled:
            return
        except RoundtableError as failure:
            error = failure.body(request_id)
        finally:
            self._running.get(owner, {}).pop(request_id, None)
        last = _chunk(request_id, "", len(answer.text), is_final=True)
        last.error = error
        send(last)


def _chunk(request_id: str, text: str, offset: int, *, is_final: bool = False) -> wire.LlmChunk:
    return wire.LlmChunk(request_id=request_id, data=wire.ChunkData(chunk=text, is_final=is_final), offset=offset)
