"""How a unit learns what became of its commit when the connection breaks in the middle of it.

Each connection has a row, in which each unit leaves its name. The number of the transaction would not do: PostgreSQL
gives it away again after a crash unless the disk had heard of it, and `pg_xact_status` then tells of somebody else's.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, String, text

from chat.db.ids import new_id, now_ms
from chat.db.prepared import Prepared

KEPT_MS = 86_400_000
_NAME = "commit_marks"
_SET = Prepared(
    text("""
    INSERT INTO commit_marks (connection, unit, marked_at) VALUES (:connection, :unit, :now)
    ON CONFLICT (connection) DO UPDATE SET unit = excluded.unit, marked_at = excluded.marked_at
    """)
)
# It writes, too, so that it waits for a unit which the server has not yet brought to its end.
_FIND = Prepared(
    text("""
    INSERT INTO commit_marks (connection, unit, marked_at) VALUES (:connection, '', :now)
    ON CONFLICT (connection) DO UPDATE SET marked_at = excluded.marked_at
    RETURNING unit
    """).columns(Column("unit", String))
)
_FORGET = Prepared(text("DELETE FROM commit_marks WHERE marked_at < :before"))


@dataclass(frozen=True, slots=True)
class CommitMark:
    connection: str
    unit: str

    def is_stored(self, other: Connection) -> bool:
        """Asks through another connection; waits for as long as it is being stored."""
        (found,) = _FIND.run(other, {"connection": self.connection, "now": now_ms()})
        return bool(found.unit == self.unit)


def leave_mark(connection: Connection) -> CommitMark:
    """The last thing that a unit writes."""
    mark = CommitMark(_name_of(connection), new_id())
    _SET.run(connection, {"connection": mark.connection, "unit": mark.unit, "now": now_ms()})
    return mark


def _name_of(connection: Connection) -> str:
    """For as long as it is open. A new one takes out what those that are gone have left."""
    if _NAME not in connection.info:
        connection.info[_NAME] = new_id()
        _FORGET.run(connection, {"before": now_ms() - KEPT_MS})
    return str(connection.info[_NAME])
