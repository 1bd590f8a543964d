"""How long models took to load, kept over restarts."""

from sqlalchemy import desc, insert, select

from chat.db.ids import new_id
from chat.db.tables import model_loads
from chat.db.unit_of_work import Database

KEPT = 500  # rows read at start; the engine remembers the last few of each model


def record_load(db: Database, backend: str, model: str, load_ms: int) -> None:
    with db.write() as uow:
        row = {"id": new_id(), "backend": backend, "model": model, "load_ms": load_ms, "created_at": uow.now}
        uow.execute(insert(model_loads).values(row))


def list_loads(db: Database) -> list[tuple[str, str, int]]:
    """(backend, model, load_ms), oldest first."""
    with db.read() as read:
        rows = read.all(select(model_loads).order_by(desc(model_loads.c.id)).limit(KEPT))
    return [(row.backend, row.model, row.load_ms) for row in reversed(rows)]
