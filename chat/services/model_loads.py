"""How long models took to load, kept over restarts."""

from sqlalchemy import desc, insert, select

from chat.db.ids import new_id
from chat.db.tables import model_loads
from chat.db.unit_of_work import Database

KEPT = 500  # rows read at start; the engine remembers the last few of each model


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
