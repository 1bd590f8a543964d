"""Backups of PostgreSQL by pg_dump and pg_restore, which need no right but those of the database's owner."""

import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from chat.db.engine import DatabaseProblem
from chat.db.migrate import hold_migrations, reached, require_revision
from chat.db.postgres.client_programs import ClientProgram, address_of
from chat.db.postgres.engine import APPLICATION
from chat.db.whole_files import require_free, require_there, whole

ASIDE = "before_restore_"  # and the time: a schema with what was there; no part of a backup
LOCKED_SECONDS = 10  # that a backup waits for a migration
_OTHERS = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = :name AND pid <> pg_backend_pid()
""")
# Extensions stay where they are, and sequences go along with the tables that own them.
_MOVES = text("""
    SELECT format('ALTER TABLE %I.%I SET SCHEMA %I', nspname, relname, CAST(:target AS text)) AS move
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = :source AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = CAST('pg_class' AS regclass) AND objid = pg_class.oid AND deptype = 'e'
    )
    UNION ALL
    SELECT format('ALTER ROUTINE %s SET SCHEMA %I', CAST(pg_proc.oid AS regprocedure), CAST(:target AS text))
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE nspname = :source AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = CAST('pg_proc' AS regclass) AND objid = pg_proc.oid AND deptype = 'e'
    )
""")
_REVISION = re.compile(r"^COPY \S*alembic_version \(version_num\) FROM stdin;\n(\S+)$", re.MULTILINE)


class PostgresBackups:
    """One consistent moment, while others read and write. Restored wholly or not at all."""

    suffix = ".dump"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def write(self, target: Path) -> None:
        require_free(target)
        with self._connected() as connection:
            server = _version(connection)
        dump, look = ClientProgram("pg_dump", server), ClientProgram("pg_restore", server)
        with whole(target) as part, address_of(self._engine.url) as address:
            options = "--format=custom", f"--exclude-schema={ASIDE}*", f"--lock-wait-timeout={LOCKED_SECONDS}s"
            dump.run(*options, f"--file={part.absolute()}", f"--dbname={address}")
            _require_whole(look, part)

    def restore(self, source: Path, *, replaces: bool) -> str | None:
        require_there(source)
        with self._connected() as connection:
            program = ClientProgram("pg_restore", _version(connection))
            _require_whole(program, source)
            _require_alone(connection)
            with _put_aside(connection, replaces=replaces) as aside:
                with address_of(self._engine.url) as address:
                    options = "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={address}"
                    program.run(*options, str(source.absolute()))
                connection.execute(text("ANALYZE"))
        return aside and f"the schema {aside} (when all is well: DROP SCHEMA {aside} CASCADE)"

    @contextmanager
    def _connected(self) -> Generator[Connection]:
        with reached():
            connection = self._engine.connect()
        try:
            with connection:
                yield connection
        except DBAPIError as problem:
            raise DatabaseProblem(f"It could not be done. {' '.join(str(problem.orig).split())}") from problem
        finally:
            self._engine.dispose()


def _version(connection: Connection) -> int:
    """The major one."""
    return int(connection.scalar(text("SHOW server_version_num"))) // 10_000


def _require_whole(program: ClientProgram, archive: Path) -> None:
    """Reads all of it. Raises `DatabaseProblem` for a damaged one, and for what this version cannot use."""
    path = str(archive.absolute())
    program.run(f"--file={os.devnull}", path)
    found = _REVISION.search(program.run("--data-only", "--table=alembic_version", "--file=-", path))
    require_revision(found and found[1])


def _require_alone(connection: Connection) -> None:
    """Raises `DatabaseProblem` where a server runs; one that starts meanwhile waits."""
    hold_migrations(connection)
    if count := connection.scalar(_OTHERS, {"name": APPLICATION}):
        raise DatabaseProblem(f"The database is in use ({count} connections). Stop the server first, then restore.")


@contextmanager
def _put_aside(connection: Connection, *, replaces: bool) -> Generator[str | None]:
    """Leaves an empty schema for the block; gives where what was in it is. If the block fails, all is as it was."""
    here = str(connection.scalar(text("SELECT current_schema()")))
    aside = f"{ASIDE}{datetime.now(UTC):%Y%m%d_%H%M%S}"
    moves = _moves(connection, here, aside)
    if not moves:
        yield None
        return
    if not replaces:
        raise DatabaseProblem("The database holds something already. With --replace that is kept in another schema.")
    _run(connection, f"CREATE SCHEMA {aside}", *moves)
    try:
        yield aside
    except BaseException:
        _run(connection, *_moves(connection, aside, here), f"DROP SCHEMA {aside}")
        raise


def _moves(connection: Connection, source: str, target: str) -> list[str]:
    return list(connection.scalars(_MOVES, {"source": source, "target": target}))


def _run(connection: Connection, *statements: str) -> None:
    """All or nothing, as PostgreSQL takes what comes in one message."""
    connection.exec_driver_sql("; ".join(statements), execution_options={"no_parameters": True})
