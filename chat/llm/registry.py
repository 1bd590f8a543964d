"""Which models there are, on which backends, and which of them a name means."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from chat.errors import InvalidInput, ModelError, ModelNotFound, ModelUnreachable, NotFound
from chat.llm.base import Ability, Backend, ModelFacts
from chat.llm.failures import GET_EMBEDDER
from chat.llm.handles import base_of, handle_of, unique_handles
from chat.llm.looks import Listed, Looks
from chat.llm.names import Names
from chat.llm.shown import is_fit
from chat.locks import ShortLock

_BUILT_IN = ("embedded", "embedder")  # kinds
_NO_ANSWER = "{} has not been asked yet. Wait a moment."
_NO_MODEL = "There is no model yet. Install one, for example with: ollama pull llama3"
_NO_EMBEDDER = f"No backend has a model that makes embeddings. {GET_EMBEDDER}"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model that can be asked. `id` is `backend/name`, `handle` what one types after @, unique over all entries."""

    id: str
    name: str
    handle: str
    backend: Backend = field(compare=False)
    facts: ModelFacts


@dataclass(frozen=True, slots=True)
class BackendState:
    """Whether a backend answered last time; `error` says what to do if it did not.

    `since` is when it came or went, in seconds since 1970: for one that was there at the first look, that look.
    """

    name: str
    kind: str
    url: str
    reachable: bool
    error: str | None = None
    abilities: tuple[Ability, ...] = ()
    since: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class _View:
    """All that is visible, replaced as a whole: readers never see half a refresh. `embedders` only embed."""

    entries: tuple[ModelEntry, ...] = ()
    states: tuple[BackendState, ...] = ()
    names: Names[ModelEntry] = field(default_factory=lambda: Names(()), compare=False)
    embedders: tuple[ModelEntry, ...] = ()
    embedder_names: Names[ModelEntry] = field(default_factory=lambda: Names(()), compare=False)


class Registry:
    """The models of all backends, in the order of `backends`; `on_change()` is called when anything visible changed."""

    def __init__(
        self,
        backends: Sequence[Backend],
        default_model: str = "",
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._backends, self._default_model, self.on_change = tuple(backends), default_model, on_change
        self._lock = ShortLock()
        self._listed: dict[str, Listed] = {b.name: ModelUnreachable(_NO_ANSWER.format(b.name)) for b in backends}
        self._looks = [Looks(backend, partial(self._take, backend.name)) for backend in backends]
        self._view = _View()
        self._last_names: dict[str, tuple[str, ...]] = {}

    def refresh(self, only: str | None = None) -> None:
        """Asks all backends at once; one that fails is marked unreachable with its message. Never raises for that.

        Waits for the answer of all, or of `only` that one.
        """
        for backend, ended in zip(self._backends, self.look_again(), strict=True):
            if only in (None, backend.name):
                ended.wait()

    def look_again(self) -> list[threading.Event]:
        """The same without waiting: what they say is taken when it comes."""
        return [looks.new() for looks in self._looks]

    def glance(self, seconds: float) -> None:
        """The same, waiting no longer for one that hangs than so; but for its first answer in any case.

        The others are not to wait for it, nor is the next look at them.
        """
        until = time.monotonic() + seconds
        for looks, ended in [(looks, looks.current()) for looks in self._looks]:
            ended.wait(max(0.0, until - time.monotonic()) if looks.has_answered else None)

    def _take(self, name: str, listed: Listed) -> None:
        with self._lock:
            self._listed[name] = listed
            if not isinstance(listed, ModelError):
                self._last_names[name] = tuple(facts.name for facts in listed)
            listed_by_all = [self._listed[backend.name] for backend in self._backends]
            view = _view_of(self._backends, listed_by_all, self._view.states)
            has_changed, self._view = view != self._view, view
        if has_changed:
            self.on_change()

    def models(self) -> list[ModelEntry]:
        """The models that can be asked now."""
        return list(self._view.entries)

    def embedders(self) -> list[ModelEntry]:
        """The models that make embeddings and cannot write: nobody is offered them for a chat."""
        return list(self._view.embedders)

    def backends(self) -> list[BackendState]:
        """All configured backends, reachable or not."""
        return list(self._view.states)

    def default(self) -> ModelEntry | None:
        """The configured default if there is one; else a loaded or the first model of a backend; else the built-in."""
        view = self._view
        found = view.names.find(self._default_model)
        return found or _best(_external(view)) or _built_in(view)

    def find_handle(self, handle: str) -> ModelEntry | None:
        """The model that is called so, as `resolve` would find it."""
        return self._find(handle)

    def find_installed(self, wanted: str) -> ModelEntry | None:
        """The same, or the model of that name that only makes embeddings: for whoever does not want to ask it."""
        return self._find(wanted) or self._view.embedder_names.find(wanted)

    def resolve(self, wanted: str | None) -> ModelEntry:
        """The model that `wanted` means: `None` or "auto", an id, a name, a handle, or a name without its tag.

        Raises ModelNotFound or ModelUnreachable, with a message that says what to do.
        """
        found = self.default() if _is_auto(wanted) else self._find(wanted or "")
        if found is None:
            raise self._missing(wanted)
        return found

    def is_awaited(self, wanted: str) -> bool:
        """Whether nobody has it now, but a backend that is away may."""
        view = self._view
        return view.names.find(wanted) is None and not all(state.reachable for state in view.states)

    def candidates(self, wanted: str | None) -> list[ModelEntry]:
        """All that `wanted` means, the one that `resolve` gives first. Raises as that does.

        "auto" means every model, but the built-in one only where there is no other. A model's name means that model
        on every backend that has it; an id, or a handle with a backend's name, means that one and no other.
        """
        found = self.resolve(wanted)
        if _is_auto(wanted):
            return [found, *(entry for entry in _external(self._view) if entry != found)]
        return [found, *self.stand_ins(found, wanted)]

    def embedder_candidates(self, wanted: str) -> list[ModelEntry]:
        """As `candidates`, for embeddings. "auto" is the first model that makes them, loaded or not.

        It must not be now this model and now that one: vectors of different models cannot be compared. A model that
        writes is taken where it is named, since not every backend says what its models can do.
        """
        view = self._view
        named = view.embedder_names.find(wanted) or view.names.find(wanted)
        found = next(iter(view.embedders), None) if _is_auto(wanted) else named
        if found is None:
            raise self._missing(wanted, _NO_EMBEDDER)
        is_one = not _is_auto(wanted) and self.is_exact(found, wanted)
        return [found] if is_one else [found, *_elsewhere(found, (*view.embedders, *view.entries))]

    def is_exact(self, entry: ModelEntry, wanted: str) -> bool:
        """Whether `wanted`, by which it was found, says on which backend."""
        name = wanted.strip()
        return name == entry.id or handle_of(name) not in (handle_of(entry.name), base_of(entry.name))

    def require_backend(self, name: str) -> None:
        """Raises `NotFound` that says which there are."""
        names = [backend.name for backend in self._backends]
        if name not in names:
            raise NotFound(f"There is no backend “{name}”. There are: {', '.join(names) or 'none'}.", field="backend")

    def backend_that_can(self, ability: Ability, name: str | None) -> Backend:
        """The named backend, else the first that can. Raises `InvalidInput` that says which there are."""
        able = [backend for backend in self._backends if ability in backend.abilities]
        found = next((backend for backend in able if name in (None, backend.name)), None)
        if found is None:
            names = ", ".join(backend.name for backend in able) or "none of the backends"
            raise InvalidInput(f"Only these can {ability} models from here: {names}.", field="backend")
        return found

    def stand_ins(self, entry: ModelEntry, wanted: str | None) -> list[ModelEntry]:
        """Who may answer in its place if it fails: the same model elsewhere, for "auto" any model elsewhere.

        Nobody, where `wanted` says which backend is meant.
        """
        if _is_auto(wanted):
            return [e for e in _external(self._view) if e.backend.name != entry.backend.name]
        return [] if self.is_exact(entry, wanted or "") else self.alternatives(entry)

    def alternatives(self, entry: ModelEntry) -> list[ModelEntry]:
        """The same model on other backends, loaded ones first."""
        return _elsewhere(entry, self._view.entries)

    def close(self) -> None:
        """Frees what the backends hold."""
        for backend in self._backends:
            backend.close()

    def _find(self, wanted: str) -> ModelEntry | None:
        view = self._view
        found = view.names.find(wanted)
        if found or not self._default_model or _has_external(view):
            return found
        # Whoever asks for the default model while no backend is there is answered by the built-in one.
        is_default = handle_of(wanted.rpartition("/")[2]) == handle_of(self._default_model.rpartition("/")[2])
        return _built_in(view) if is_default or base_of(self._default_model) == handle_of(wanted) else None

    def _missing(self, wanted: str | None, none_at_all: str = _NO_MODEL) -> ModelError:
        embedder = self._view.embedder_names.find(wanted or "")
        if embedder:
            message = f"“{embedder.name}” only makes embeddings. Choose a model that writes."
            return ModelNotFound(message, field="model")
        down = {state.name: state.error or "" for state in self._view.states if not state.reachable}
        for backend, names in self._last_names.items():
            if wanted and backend in down and _names_one_of(wanted, backend, names):
                return ModelUnreachable(down[backend])
        if down:
            return ModelUnreachable(" ".join(down.values()))
        if wanted is None or _is_auto(wanted):
            return ModelNotFound(none_at_all)
        return ModelNotFound(f"No backend has “{wanted}”. {_how_to_get(self._view, wanted)}")


def _view_of(backends: Sequence[Backend], answers: Sequence[Listed], before: Sequence[BackendState]) -> _View:
    since = {(state.name, state.reachable): state.since for state in before}
    offered: list[tuple[Backend, ModelFacts]] = []
    states = []
    for backend, answer in zip(backends, answers, strict=True):
        error = answer.message if isinstance(answer, ModelError) else None
        able = tuple(sorted(backend.abilities))
        at = since.get((backend.name, error is None)) or time.time()
        states.append(BackendState(backend.name, backend.kind, backend.url, error is None, error, able, at))
        if not isinstance(answer, ModelError):
            offered += [(backend, facts) for facts in answer if is_fit(facts.name)]
    offered.sort(key=lambda pair: not _writes(pair[1]))  # so that these are the ones who keep their handles
    handles = unique_handles((backend.name, facts.name) for backend, facts in offered)
    known = [
        ModelEntry(f"{backend.name}/{facts.name}", facts.name, handle, backend, facts)
        for (backend, facts), handle in zip(offered, handles, strict=True)
    ]
    entries = tuple(entry for entry in known if _writes(entry.facts))
    embedders = tuple(e for e in known if not _writes(e.facts) and "embedding" in e.facts.capabilities)
    return _View(entries, tuple(states), Names(entries), embedders, Names(embedders))


def _writes(facts: ModelFacts) -> bool:
    return "completion" in facts.capabilities


def _elsewhere(entry: ModelEntry, known: Iterable[ModelEntry]) -> list[ModelEntry]:
    same = [e for e in known if e.id != entry.id and handle_of(e.name) == handle_of(entry.name)]
    return sorted(same, key=lambda e: not e.facts.loaded)


def _best(entries: Sequence[ModelEntry]) -> ModelEntry | None:
    return next((e for e in entries if e.facts.loaded), entries[0] if entries else None)


def _external(view: _View) -> list[ModelEntry]:
    return [e for e in view.entries if e.backend.kind not in _BUILT_IN]


def _has_external(view: _View) -> bool:
    return any(state.reachable and state.kind not in _BUILT_IN for state in view.states)


def _is_auto(wanted: str | None) -> bool:
    return wanted is None or wanted.strip().lower() in ("", "auto")


def _built_in(view: _View) -> ModelEntry | None:
    return next((e for e in view.entries if e.backend.kind in _BUILT_IN), None)


def _names_one_of(wanted: str, backend: str, names: Iterable[str]) -> bool:
    short = wanted.removeprefix(f"{backend}/")
    return any(handle_of(short) in (handle_of(name), base_of(name)) for name in names)


def _how_to_get(view: _View, wanted: str) -> str:
    if any(state.kind == "ollama" for state in view.states):
        return f"Run: ollama pull {wanted.removeprefix('ollama/')}"
    return "Choose one of the models in the list."
