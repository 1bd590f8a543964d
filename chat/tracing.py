"""What takes time, and what caused it: spans of requests, events, jobs and calls to backends. Never what was said.

They are made, and sent to a collector, by `otlp.py`, which is there only where a setting asks for it. Otherwise there
are none, and all of this does nothing.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["server", "client", "internal"]
Facts = Mapping[str, str | int | float]


@dataclass(frozen=True)
class Collector:
    """Where traces go, by OTLP over HTTP: its base address, headers as `name=value,…`, and as whose they go."""

    endpoint: str
    headers: str
    service: str


class Span(Protocol):
    @property
    def trace(self) -> str:
        """What names it for others, as W3C's `traceparent` does; empty where there is none."""
        ...

    def note(self, facts: Facts) -> None: ...

    def fail(self, kind: str) -> None:
        """What it was for was not done, for this kind of reason."""
        ...

    def end(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _NoSpan:
    """None, or one that others tell of."""

    trace: str = ""

    def note(self, facts: Facts) -> None:
        pass

    def fail(self, kind: str) -> None:
        pass

    def end(self) -> None:
        pass


NO_SPAN: Span = _NoSpan()
Begin = Callable[[str, Kind, str, Facts], Span]  # of what name, kind and trace above it
_begin: list[Begin] = []  # one at most
_current: ContextVar[Span] = ContextVar("span", default=NO_SPAN)
_NOTHING: AbstractContextManager[Span] = nullcontext(NO_SPAN)


def trace_by(begin: Begin | None) -> None:
    """From now on spans begin so; None: there are none."""
    _begin[:] = [begin] if begin else []


def current() -> Span:
    """Of this thread or green thread."""
    return _current.get()


def begin(name: str, kind: Kind = "internal", facts: Facts | None = None) -> Span:
    """A span beneath the current one, which whoever began it ends."""
    return _begin[0](name, kind, current().trace, facts or {}) if _begin else NO_SPAN


def span(name: str, kind: Kind = "internal", facts: Facts | None = None) -> AbstractContextManager[Span]:
    """The block is a span, and what it causes stands beneath it."""
    return _spanning(begin(name, kind, facts)) if _begin else _NOTHING


def leaf(name: str, kind: Kind, facts: Facts) -> AbstractContextManager[Span]:
    """The block is a span without any beneath it, in which a generator may wait while others go on.

    Only beneath another one: what is done of itself, again and again, is not told.
    """
    return _ending(begin(name, kind, facts)) if current().trace else _NOTHING


@contextmanager
def _spanning(made: Span) -> Generator[Span]:
    with _ending(made), beneath(made):
        yield made


@contextmanager
def _ending(made: Span) -> Generator[Span]:
    try:
        yield made
    except Exception as error:
        made.fail(type(error).__name__)
        raise
    finally:
        made.end()


@contextmanager
def beneath(above: Span | str) -> Generator[None]:
    """What the block causes stands beneath a span, or one that has this `trace`."""
    before = current()
    if isinstance(above, str):
        above = _NoSpan(above) if above else NO_SPAN
    _current.set(above)
    try:
        yield
    finally:
        _current.set(before)  # and no reset: a generator that is closed by another thread would fail there


def carried(work: Callable[[], None]) -> Callable[[], None]:
    """`work` for another thread or green thread, beneath what is current in this one."""
    above = current()
    if above is NO_SPAN:
        return work

    def do() -> None:
        with beneath(above):
            work()

    return do
