"""Statements that run for every message: compiled once, then handed straight to the driver.

SQLAlchemy spends about 70 µs around each execution, several times what SQLite needs for it, and a message takes five.
The statement is still SQLAlchemy's, and so are its types, its errors and its spelling for each database.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Process = Callable[[Any], Any]
Record = Any  # a named tuple whose fields are the columns that the statement gives
K = TypeVar("K")


class Prepared:
    """A statement with `bindparam`s; every one of them must be given at every run. Rows come as named tuples.

    `columns` are those that an INSERT fills. Not for parameters that stand for a list (`IN`): their SQL varies.
    """

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._by_dialect: dict[str, _Compiled] = {}

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Record]:
        """All its rows; an empty list where a statement gives none. Raises SQLAlchemy's `DBAPIError`s."""
        dialect = connection.dialect
        compiled = self._by_dialect.get(dialect.name)
        if compiled is None:
            compiled = self._by_dialect[dialect.name] = _Compiled(self._statement, self._columns, dialect)
        cursor = connection.connection.cursor()
        try:
            return compiled.run(cursor, parameters)
        except dialect.loaded_dbapi.Error as problem:
            raise DBAPIError.instance(
                compiled.sql, None, problem, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from problem
        finally:
            cursor.close()


class _Compiled:
    """The statement in one database's words, with what its values need on the way in and out."""

    def __init__(self, statement: Any, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self._order = compiled.positiontup if compiled.positional else None
        self._fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self._inward = _needed((name, _bind(bind.type, dialect)) for bind, name in compiled.bind_names.items())
        shown = list(getattr(statement, "exported_columns", ()))
        self._outward = _needed((place, _result(column.type, dialect)) for place, column in enumerate(shown))
        self._row: Any = namedtuple("Row", [column.key for column in shown]) if shown else None

    def run(self, cursor: Any, parameters: Mapping[str, Any]) -> list[Any]:
        cursor.execute(self.sql, self._values({**self._fixed, **parameters}))
        return [self._made(row) for row in cursor.fetchall()] if self._row else []

    def _values(self, given: dict[str, Any]) -> Any:
        for name, process in self._inward:
            given[name] = process(given[name])
        return given if self._order is None else [given[name] for name in self._order]

    def _made(self, row: Sequence[Any]) -> Any:
        if not self._outward:
            return self._row._make(row)
        values = list(row)
        for place, process in self._outward:
            values[place] = process(values[place])
        return self._row._make(values)


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _result(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _needed(processes: Iterable[tuple[K, Process | None]]) -> list[tuple[K, Process]]:
    return [(key, process) for key, process in processes if process]
