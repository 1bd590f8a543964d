"""A model that follows a script: for tests of everything above the model layer, and for demonstrations."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chat.errors import ModelNotFound
from chat.llm.base import ChatRequest, Chunk, DoneChunk, Embeddings, EmbedRequest, ModelFacts, PhaseChunk, TextChunk
from chat.llm.cancelling import CancelToken
from chat.llm.failures import no_embeddings
from chat.llm.upkeep import Upkeep

# A chunk is yielded, a number is waited for (seconds), an exception is raised, a function is called (to hold a gate).
Step = Chunk | float | Exception | Callable[[CancelToken], None]
KEPT = 100  # requests; a demonstration may run for weeks
Script = Callable[[ChatRequest], Iterable[Step]]


class Scripted(Upkeep):
    """A backend of kind "scripted". Records what it was asked in `requests`, and which ended early in `cancelled`.

    `script` is a list of steps, the same for each request, or a function from the request to its steps; without one
    the model repeats the question word by word, with all phases.
    """

    kind = "scripted"
    abilities = frozenset({"load"})

    def __init__(
        self,
        script: Iterable[Step] | Script | None = None,
        *,
        name: str = "scripted",
        models: Iterable[str | ModelFacts] = ("echo",),
        parallelism: int = 4,
        failing: Exception | None = None,
        kind: str = "scripted",
    ) -> None:
        self.name, self.kind, self.parallelism = name, kind, parallelism
        self.url = f"scripted:{name}"
        self.failing = failing
        self.models = [_facts(model) for model in models]
        self.requests: list[ChatRequest] = []
        self.cancelled: list[ChatRequest] = []
        self.closed = False
        self._script = _as_function(script)

    def list_models(self) -> list[ModelFacts]:
        """The models given at construction; raises `failing` while that is set."""
        if self.failing:
            raise self.failing
        return list(self.models)

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Plays the script; raises what a real backend would raise when cancelled."""
        self.requests.append(request)
        del self.requests[:-KEPT]
        if request.model not in [model.name for model in self.models]:
            raise ModelNotFound(f"The scripted backend does not have “{request.model}”.")
        try:
            for step in self._script(request):
                cancel.raise_if_cancelled()
                yield from _played(step, cancel)
        finally:
            if cancel.cancelled:
                self.cancelled.append(request)
                del self.cancelled[:-KEPT]

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """Is done at once."""
        yield DoneChunk()

    def set_loaded(self, model: str, loaded: bool) -> None:
        """Changes what `list_models` says about `model`."""
        self.models = [replace(facts, loaded=loaded) if facts.name == model else facts for facts in self.models]

    def embed(self, request: EmbedRequest, cancel: CancelToken) -> Embeddings:
        """Refuses: a script is only text."""
        raise no_embeddings("The scripted model")

    def close(self) -> None:
        """Notes that it was closed."""
        self.closed = True


def echo(request: ChatRequest, delay: float = 0.0) -> Iterator[Step]:
    """The default script: "You said: …" word by word, waiting `delay` seconds before each."""
    words = f"You said: {request.messages[-1].content}".split(" ") if request.messages else ["Nothing", "was", "said."]
    yield PhaseChunk("connected", message=f"{request.model} is ready")
    yield PhaseChunk("prompt")
    yield PhaseChunk("generating")
    for index, word in enumerate(words):
        yield delay
        yield TextChunk(word if index == 0 else f" {word}")
    yield DoneChunk(prompt_tokens=sum(len(m.content.split()) for m in request.messages), completion_tokens=len(words))


def _played(step: Step, cancel: CancelToken) -> Iterator[Chunk]:
    if isinstance(step, Exception):
        raise step
    if isinstance(step, int | float):
        if step:
            cancel.wait(step)
    elif callable(step):
        step(cancel)
        cancel.raise_if_cancelled()
    else:
        yield step


def _facts(model: str | ModelFacts) -> ModelFacts:
    return model if isinstance(model, ModelFacts) else ModelFacts(model, loaded=True, context_length=4096)


def _as_function(script: Iterable[Step] | Script | None) -> Script:
    if script is None:
        return echo
    if callable(script):
        return script
    steps = list(script)
    return lambda request: steps
