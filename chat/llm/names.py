"""Which of many models a name means, found without looking at the others."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from chat.llm.base import ModelFacts
from chat.llm.handles import base_of, handle_of


class Named(Protocol):
    """What has an `id`, a `name` and a `handle`; of several of a name a loaded one is meant."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def handle(self) -> str: ...

    @property
    def facts(self) -> ModelFacts: ...


T = TypeVar("T", bound=Named)


class Names(Generic[T]):
    """Which entry each name means, found without looking at the others: a message may name thousands."""

    def __init__(self, entries: Sequence[T]) -> None:
        # From the most exact way to the least; the first three want the very word, the others its handle. A handle is
        # unique and what people see, so it goes before a name that two backends may have.
        ways: tuple[Callable[[T], str], ...] = (
            lambda e: e.id,
            lambda e: e.handle,
            lambda e: e.name,
            lambda e: e.handle,
            lambda e: handle_of(e.name),
            lambda e: handle_of(e.id),
            lambda e: base_of(e.name),
            lambda e: base_of(e.id),
        )
        self._exact, self._handles = _by_name(entries, ways[:3]), _by_name(entries, ways[3:])

    def find(self, wanted: str) -> T | None:
        """The entry that `wanted` means by the most exact way; of several a loaded one, else the first."""
        name = wanted.strip()
        return (self._exact.get(name) or self._handles.get(handle_of(name))) if name else None


def _by_name(entries: Sequence[T], ways: Iterable[Callable[[T], str]]) -> dict[str, T]:
    """The best entry for each name: an earlier way goes first, then a loaded entry, then the order of the list."""
    found: dict[str, T] = {}
    loaded_first = sorted(entries, key=lambda e: not e.facts.loaded)
    for way in ways:
        for entry in loaded_first:
            found.setdefault(way(entry), entry)
    return found
