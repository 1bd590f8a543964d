"""How models are called: the handle one types after @, and which model a name means; pure."""

import re
from collections.abc import Iterable

_OTHER = re.compile(r"[^a-z0-9._:/-]+")


def handle_of(name: str) -> str:
    """The handle of a model's name: lower case, `:latest` dropped, only letters, digits and `. _ : / -`."""
    handle = _OTHER.sub("-", name.strip().lower()).strip("-")
    return handle.removesuffix(":latest") or "model"


def base_of(name: str) -> str:
    """The family of a name: what stands before the tag (`llama3` of `llama3:8b`)."""
    return handle_of(name).split(":", 1)[0]


def unique_handles(models: Iterable[tuple[str, str]]) -> list[str]:
    """One handle for each (backend, name). The first of two equal ones keeps it, the other is named for its backend."""
    taken: set[str] = set()
    handles = []
    for backend, name in models:
        handle = _free(handle_of(name), handle_of(backend), taken)
        taken.add(handle)
        handles.append(handle)
    return handles


def _free(handle: str, backend: str, taken: set[str]) -> str:
    wanted, number = handle, 1
    while wanted in taken:
        wanted = f"{handle}-{backend}" if number == 1 else f"{handle}-{backend}-{number}"
        number += 1
    return wanted
