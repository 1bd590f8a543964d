"""How long models took to load and to answer, kept over restarts."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, desc, insert, select

from chat.db.ids import iso, new_id
from chat.db.tables import jobs, messages, model_loads
from chat.db.unit_of_work import Database, Reader
from chat.wire import LoadSeen

KEPT = 500  # rows read at start; the engine remembers the last few of each model
MOST_LOADS = 20  # of one model that are shown
ANSWERS = 300  # looked at for how fast models were


def record_load(db: Database, backend: str, model: str, load_ms: int, is_cold: bool) -> None:
    """`is_cold`: the file was probably read from the disk and not from the system's cache."""
    with db.write() as uow:
        row = {"id": new_id(), "backend": backend, "model": model, "load_ms": load_ms, "is_cold": is_cold}
        uow.execute(insert(model_loads).values(**row, created_at=uow.now))


def list_loads(db: Database) -> list[tuple[str, str, int, bool]]:
    """(backend, model, load_ms, is_cold), oldest first."""
    with db.read() as read:
        rows = read.all(select(model_loads).order_by(desc(model_loads.c.id)).limit(KEPT))
    return [(row.backend, row.model, row.load_ms, row.is_cold) for row in reversed(rows)]


def loads_by_model(tx: Reader) -> dict[tuple[str, str], list[LoadSeen]]:
    """The last loads of each (backend, model), oldest first."""
    found: defaultdict[tuple[str, str], list[LoadSeen]] = defaultdict(list)
    for row in tx.all(select(model_loads).order_by(desc(model_loads.c.id)).limit(KEPT)):
        loads = found[row.backend, row.model]
        if len(loads) < MOST_LOADS:
            loads.insert(0, LoadSeen(at=iso(row.created_at), load_ms=row.load_ms, is_cold=row.is_cold))
    return found


@dataclass(frozen=True, slots=True)
class AnswerSeen:
    """A complete answer in a room: how long it held its slot without its load, and how fast it was written."""

    backend: str
    model: str
    seconds: float
    tokens_per_second: float | None


def list_answers(db: Database) -> list[AnswerSeen]:
    """Of the last replies those that a model has written to their end, oldest first."""
    query = (
        select(jobs.c.message_id, jobs.c.started_at, jobs.c.ended_at, messages.c.model, messages.c.reply)
        .join(messages, messages.c.id == jobs.c.message_id)
        .where(jobs.c.state == "done", jobs.c.started_at.is_not(None))
        .order_by(desc(jobs.c.id))
        .limit(ANSWERS)
    )
    with db.read() as read:
        newest = {row.message_id: row for row in reversed(read.all(query))}  # what a message says is of its last job
    return [
        AnswerSeen(row.reply["backend"], row.model, _seconds(row), row.reply.get("tokens_per_second"))
        for row in newest.values()
        if row.reply.get("backend") and not row.reply.get("cached")
    ]


def _seconds(row: Row[Any]) -> float:
    load_ms = int(row.reply.get("load_ms") or 0)
    return max(0, int(row.ended_at) - int(row.started_at) - load_ms) / 1000
