"""The lines in front of the backends, in which all processes stand: a row each, which one at a time changes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from chat.db.lock_order import line_of
from chat.db.tables import lines
from chat.db.unit_of_work import Reader, UnitOfWork

State = dict[str, Any]


def hold_line(uow: UnitOfWork, backend: str) -> tuple[int, State | None]:
    """Its revision and state, which nobody else changes until the end of the unit; 0 and None of a new line."""
    uow.alone(line_of(backend))
    row = uow.first(select(lines).where(lines.c.backend == backend))
    return (row.rev, row.state) if row else (0, None)


def store_line(uow: UnitOfWork, backend: str, rev: int, state: State) -> None:
    """The next revision of a line that is held; 1 is the first."""
    if rev == 1:
        uow.execute(insert(lines).values(backend=backend, rev=rev, state=state))
    else:
        uow.execute(update(lines).where(lines.c.backend == backend).values(rev=rev, state=state))


def list_newer_lines(tx: Reader, known: Mapping[str, int]) -> list[tuple[str, int, State]]:
    """Name, revision and state of those that have changed since the revisions that are known."""
    found = tx.all(select(lines.c.backend, lines.c.rev))
    newer = [row.backend for row in found if row.rev > known.get(row.backend, 0)]
    if not newer:
        return []
    return [(row.backend, row.rev, row.state) for row in tx.all(select(lines).where(lines.c.backend.in_(newer)))]
