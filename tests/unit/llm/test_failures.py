"""Which failures of a backend may be tried again."""

import pytest

from chat.errors import ModelError
from chat.llm.failures import Advice, failure
from chat.llm.http_errors import Refused


def of(status: int, text: str) -> ModelError:
    return failure(Refused(status, text), "llama3", Advice("Ollama", "Pull it."))


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (500, "something went wrong inside", "model_refused"),
        (502, "Bad Gateway", "model_refused"),
        (502, "proxy error", "model_unreachable"),
        (503, "server busy", "model_busy"),
        (504, "Gateway Timeout", "model_timeout"),
    ],
)
def test_what_is_wrong_inside_a_server_may_pass(status: int, text: str, code: str) -> None:
    assert (of(status, text).code, of(status, text).retryable) == (code, True)


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (500, "cudaMalloc failed: out of memory", "model_out_of_memory"),
        (500, "error loading model: mmap failed: Cannot allocate memory", "model_out_of_memory"),
        (500, "gguf_read_emplace_helper: encountered bad_alloc error", "model_out_of_memory"),
        (500, "model not found", "model_not_found"),
        (500, "the prompt exceeds the context length", "context_too_long"),
        (500, "input (5001 tokens) is too large to process. increase the physical batch size", "context_too_long"),
        (501, "This server does not support embeddings. Start it with `--embeddings`", "model_not_found"),
        (400, "Pooling type 'none' is not OAI compatible. Please use a different pooling type", "model_not_found"),
        (400, '"nomic-embed-text" does not support chat', "model_not_found"),
        (500, "timed out waiting for llama runner to start", "model_timeout"),
        (400, "invalid option", "model_refused"),
        (401, "no key", "model_refused"),
    ],
)
def test_what_would_only_repeat_itself_is_not_tried_again(status: int, text: str, code: str) -> None:
    assert (of(status, text).code, of(status, text).retryable) == (code, False)


def test_after_the_first_text_nothing_is_tried_again() -> None:
    assert failure(Refused(500, "crashed"), "m", Advice("Ollama", ""), had_text=True).retryable is False
    assert failure(Refused(503, "server busy"), "m", Advice("Ollama", ""), had_text=True).retryable is False
