"""Conversations of programs: what was said before goes along with a question, and what is said now is kept."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

from chat import wire
from chat.db.unit_of_work import Database
from chat.domain.memory import before_new, repeated
from chat.errors import InvalidInput
from chat.jobs.answer import Answer, tools_asked
from chat.jobs.asking import Asker, Question
from chat.jobs.request_job import RequestJobs
from chat.llm.base import ChatMessage, Chunk, DoneChunk, ToolCall
from chat.services.conversations import ConversationName, Spoken, recall, remember


@dataclass(frozen=True, slots=True)
class _Recalled:
    """A question with all that belongs to it; `new` is what it adds, `known` the conversation if there was one."""

    question: Question
    name: ConversationName
    known: str | None
    new: list[ChatMessage]


class Memory:
    """Asks for programs, in the conversation that they name or (None) in none.

    Questions that are asked in one conversation at the same time all see what was kept when they began; each is kept
    whole, with its answer, in the order in which the answers ended.
    """

    def __init__(self, db: Database, asker: Asker, requests: RequestJobs) -> None:
        self._db, self._asker, self._requests = db, asker, requests

    def answer_whole(self, question: Question, owner: str, name: ConversationName | None) -> Answer:
        """As `RequestJobs.answer_whole`."""
        if name is None:
            return self._requests.answer_whole(question, owner)
        recalled = self._recalled(question, name)
        answer = self._requests.answer_whole(recalled.question, owner)
        self._keep(recalled, answer)
        return answer

    def answer_begun(self, question: Question, owner: str, name: ConversationName | None) -> Iterator[Chunk]:
        """As `RequestJobs.answer_begun`; whoever has seen the end knows that it is kept."""
        if name is None:
            return self._requests.answer_begun(question, owner)
        recalled = self._recalled(question, name)
        return self._keeping(recalled, self._requests.answer_begun(recalled.question, owner))

    def _recalled(self, question: Question, name: ConversationName) -> _Recalled:
        with self._db.read() as read:
            kept = recall(read, name)
        system = [m for m in question.messages if m.role == "system"] or [ChatMessage("system", s) for s in kept.system]
        said = [message for message in question.messages if message.role != "system"]
        if not said:
            raise InvalidInput("Send at least one message that is not a system message.", field="messages")
        before = [_message(turn) for turn in kept.turns]
        new = said[repeated([*map(_compared, before)], [*map(_compared, said)], lambda m: m.role == "assistant") :]
        must = sum(map(_size, (*system, *new)))
        context = self._asker.context_for(question.model)
        fitting = before_new(before, must, _size, lambda message: message.role == "user", context)
        # What is said in a conversation is shared with nobody, not even if somebody else asks the same.
        scope = f"conversation {astuple(name)}"
        asked = replace(question, messages=(*system, *fitting, *new), scope=scope)
        return _Recalled(asked, name, kept.id, new)

    def _keeping(self, recalled: _Recalled, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        answer = Answer()
        for chunk in chunks:
            answer.take(chunk)
            if isinstance(chunk, DoneChunk):
                self._keep(recalled, answer)
            yield chunk

    def _keep(self, recalled: _Recalled, answer: Answer) -> None:
        system = [message.content for message in recalled.question.messages if message.role == "system"]
        turns = [*recalled.new, ChatMessage("assistant", answer.text, tuple(answer.tool_calls))]
        remember(self._db, recalled.name, recalled.known, system, [_spoken(turn) for turn in turns])


def _compared(message: ChatMessage) -> ChatMessage:
    """Programs strip what they show and send it back so."""
    return replace(message, content=message.content.strip())


def _size(message: ChatMessage) -> int:
    return len(message.content) + sum(len(call.name) + len(call.arguments) for call in message.tool_calls)


def _message(turn: wire.ConversationTurn) -> ChatMessage:
    calls = tuple(ToolCall(call.id, call.function.name, call.function.arguments) for call in turn.tool_calls or ())
    return ChatMessage(turn.role, turn.content, calls, turn.tool_call_id)


def _spoken(message: ChatMessage) -> Spoken:
    return Spoken(message.role, message.content, tools_asked(message.tool_calls), message.tool_call_id)
