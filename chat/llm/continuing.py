"""Going on with an answer that was cut off, where a backend cannot simply be given its beginning.

Ollama and llama.cpp write on at the end of an assistant's message that comes last. With OpenAI's API it is over, and a
new one begins: so the model is asked to go on.
"""

from collections.abc import Iterator
from dataclasses import replace

from chat.llm.base import ChatMessage, ChatRequest, Chunk, TextChunk
from chat.llm.http_errors import Refused

GO_ON = (
    "Your last message was cut off. Go on exactly where it ends: repeat nothing of it, explain nothing, "
    "write only what comes next."
)
_BEFORE_SPACE = ".,;:!?)\"'"


def asked_to_go_on(request: ChatRequest) -> ChatRequest:
    """The same question, with the beginning of the answer and the wish to have the rest."""
    return replace(request, messages=(*request.messages, ChatMessage("user", GO_ON)), continues=False)


def refuses_beginning(refused: Refused) -> bool:
    """llama-server does so while a model's template lets it think first."""
    return refused.status == 400 and "prefill" in refused.text.lower()


def spaced(begun: str, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks; whoever begins a new message leaves out the space that comes before its first word."""
    is_first = True
    for chunk in chunks:
        if is_first and isinstance(chunk, TextChunk):
            is_first = False
            last, first = begun[-1:], chunk.text[:1]
            if first.isalnum() and (last.isalnum() or last in _BEFORE_SPACE):
                yield TextChunk(" ")
        yield chunk
