"""Who acts: said where a request comes in, asked for where the audit log is written, several calls further down."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and the address they come from. Without `id` somebody who is not signed in, or the server itself."""

    id: str | None = None
    username: str = ""
    name: str = ""
    address: str = ""


_acting: ContextVar[Actor] = ContextVar("acting", default=Actor())  # noqa: B039  it is frozen


@contextmanager
def acting(actor: Actor) -> Generator[None]:
    """Until it is left, whatever this thread or green thread does is done by `actor`."""
    before = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(before)


def who_acts() -> Actor:
    return _acting.get()
