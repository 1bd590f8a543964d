"""Turns what a backend said when it failed into the `ModelError` that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chat.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelNotFound,
    ModelOutOfMemory,
    ModelTimeout,
    ModelUnreachable,
)
from chat.llm.error_text import ASK_AGAIN
from chat.llm.http_errors import Broken, Refused
from chat.llm.writing import Writing

# Ollama's own classifier (llm/llama_server.go), and the sentences of its older releases.
_MEMORY = (
    "out of memory",
    "out-of-memory",
    "out of device memory",
    "cudamalloc failed",
    "hipmalloc failed",
    "failed to allocate",
    "allocation failed",
    "not enough memory",
    "insufficient memory",
    "vk_error_out_of_device_memory",
    "erroroutofmemory",
    "requires more system memory",
    "memory layout cannot be allocated",
    "unable to load full model on gpu",
    "cannot allocate memory",
    "bad_alloc",
    "insufficient system resources",  # LM Studio's guard against loads that would freeze the machine
)
_CONTEXT = (
    "context length",
    "context size",
    "context_length_exceeded",
    "exceed_context_size",
    "maximum context",
    "is too large to process",
)
_BUSY = ("server busy", "no slot available", "concurrency_limit", "rate_limit", "model limit reached")
_MISSING = (
    "model_not_found",
    "no models loaded",
    "model is not loaded",
    "try pulling it first",
    "could not find real modelid",
)
_ONLY_EMBEDS = ("does not support chat", "does not support generate", "not a chat model")
_NEVER_EMBEDS = (
    "not support embed",
    "model is not embedding",
    "generate embeddings from this model",
    "pooling type 'none'",
)
_TIMED_OUT = ("timed out waiting for",)
GET_EMBEDDER = "Install one that does, for example with: ollama pull nomic-embed-text"
_PASSING = (500, 502, 503, 504)
_LASTING = (ModelNotFound, ModelOutOfMemory, ContextTooLong)


@dataclass(frozen=True, slots=True)
class Advice:
    """How one backend is called and what one does about its failures; `{model}` stands for the model's name."""

    title: str
    get_model: str
    start: str = ""


def failure(refused: Refused, model: str, advice: Advice, *, had_text: bool = False) -> ModelError:
    """The error a caller sees for an error answer about `model`; after the first text it is never retryable."""
    said = f"{refused.code} {refused.text}".lower()
    error = _by_words(refused, said, model, advice) or _by_status(refused, said, model, advice)
    # What is wrong inside a server often passes. A load that its own server gave up would only take as long again.
    is_lasting = isinstance(error, _LASTING) or _any(_TIMED_OUT, said)
    error.retryable = not had_text and (error.retryable or (refused.status in _PASSING and not is_lasting))
    return error


def _by_words(refused: Refused, said: str, model: str, advice: Advice) -> ModelError | None:
    title, detail = advice.title, refused.text
    if _any(_ONLY_EMBEDS, said):
        return ModelNotFound(f"“{model}” only makes embeddings. Choose a model that writes. ({detail})")
    if _any(_NEVER_EMBEDS, said):
        return no_embeddings(f"“{model}” on {title}", detail)
    if _is_missing(refused.status, said):
        return ModelNotFound(f"{title} does not have “{model}”. {advice.get_model.format(model=model)}".strip())
    if speaks_of_memory(said) and "retrying without pipeline parallelism" not in said:
        return ModelOutOfMemory(f"{title} has not enough memory for “{model}”. Choose a smaller model. ({detail})")
    if _any(_CONTEXT, said):
        return ContextTooLong(f"This is too long for “{model}”. Start a new conversation or shorten it. ({detail})")
    return None


def _by_status(refused: Refused, said: str, model: str, advice: Advice) -> ModelError:
    title, detail = advice.title, refused.text
    if _any(_BUSY, said) or refused.status in (429, 503):
        return ModelBusy(f"{title} is busy. Try again soon. ({detail})", retry_after=refused.retry_after or 1.0)
    if _any(_TIMED_OUT, said) or refused.status in (408, 504):
        return ModelTimeout(f"{title} took too long with “{model}”. Ask again, or choose a smaller model. ({detail})")
    if refused.status in (401, 403):
        return ModelError(f"{title} refused our key or our right to use it. Check its settings. ({detail})")
    if refused.status == 502 and "proxy error" in said:
        return ModelUnreachable(f"{title} lost “{model}” while it ran. {ASK_AGAIN} ({detail})")
    return ModelError(f"{title} could not answer with “{model}”. {ASK_AGAIN} ({detail})")


def broken(title: str, *, had_text: bool) -> ModelError:
    """The connection ended before the answer did. May be tried again only if nobody has seen any text."""
    if had_text:
        return ModelError(f"The connection to {title} broke off in the middle of the answer. What came is kept.")
    return ModelUnreachable(f"The connection to {title} broke off before the answer began. {ASK_AGAIN}")


@contextmanager
def explained(model: str, advice: Advice, writing: Writing) -> Iterator[None]:
    """Whatever a question about `model` meets inside is raised as the error that a caller sees."""
    try:
        yield
    except Refused as refused:
        raise failure(refused, model, advice, had_text=writing.has_text) from refused
    except Broken as error:
        raise broken(advice.title, had_text=writing.has_text) from error


def speaks_of_memory(said: str) -> bool:
    """Whether an error means that there was not enough of it."""
    return _any(_MEMORY, said.lower())


def no_embeddings(who: str, detail: str = "") -> ModelNotFound:
    """`who` cannot do what it was asked for; what one can do instead."""
    said = f" ({detail})" if detail else ""
    return ModelNotFound(f"{who} makes no embeddings. {GET_EMBEDDER}{said}", field="model")


def no_list(title: str, url: str, error: Exception) -> ModelUnreachable:
    """There is a server, but it did not say which models it has."""
    said = error.text if isinstance(error, Refused) else str(error)
    return ModelUnreachable(f"{title} at {url} did not list its models. Check that the address is right. ({said})")


def garbage(title: str, line: str) -> ModelError:
    """A line of the answer was not what the backend's own contract says."""
    return ModelError(f"{title} sent something that is not an answer. {ASK_AGAIN} ({line[:80]!r})")


def _is_missing(status: int, said: str) -> bool:
    if _any(_MISSING, said):
        return True
    return "model" in said and ("not found" in said or "does not exist" in said) and status in (200, 400, 404, 500)


def _any(words: tuple[str, ...], said: str) -> bool:
    return any(word in said for word in words)
