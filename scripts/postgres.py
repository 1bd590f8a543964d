"""PostgreSQL's programs for the tests, which start servers of their own."""

from pathlib import Path

from scripts.programs import Program, find

POSTGRESQL = Program(
    title="PostgreSQL",
    names=("initdb",),
    packages=("postgresql",),
    variable="INITDB",
    how_to="No PostgreSQL was found for the tests. Install it (Debian, Ubuntu: apt install postgresql; Fedora:"
    " dnf install postgresql-server; macOS: brew install postgresql@17), or name it: INITDB=/path/to/initdb make test",
    folders=("usr/lib/postgresql/*/bin",),  # of Debian, where each version has its own, and none is on PATH
)


def find_postgres() -> str:
    """The folder with its programs. Raises `SetupFailed` if they are not there and cannot be installed."""
    return str(Path(find(POSTGRESQL)).resolve().parent)
