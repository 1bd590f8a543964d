"""PostgreSQL's own programs: found on PATH, not older than the server, and told no password where others see it."""

import re
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile

from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from chat.db.engine import DatabaseProblem

MOST_CHARS = 600  # of what a program complains of
_HOW_TO = (
    "Install PostgreSQL's programs for clients, of version {} or newer: apt install postgresql-client on Debian and "
    "Ubuntu, dnf install postgresql on Fedora, brew install libpq on macOS."
)


class ClientProgram:
    """`pg_dump`, say. Raises `DatabaseProblem` where it is missing, or older than the server (its major version)."""

    def __init__(self, name: str, server: int) -> None:
        found, how_to = shutil.which(name), _HOW_TO.format(server)
        if not found:
            raise DatabaseProblem(f"{name} is not installed here. {how_to}")
        self._name, self._path = name, found
        version = re.search(r"\d+", self.run("--version"))
        if not version or int(version[0]) < server:
            raise DatabaseProblem(f"{name} is older than the server, which is PostgreSQL {server}. {how_to}")

    def run(self, *arguments: str) -> str:
        """What it prints. Raises `DatabaseProblem` with what it complains of."""
        command = [self._path, *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DatabaseProblem(f"It could not be done. {' '.join(done.stderr.split())[:MOST_CHARS]}")
        return done.stdout


@contextmanager
def address_of(url: URL) -> Generator[str]:
    """What libpq is told in place of a database URL. The password is in a file that only we can read, meanwhile."""
    parameters = url.get_dialect()().create_connect_args(url)[1]
    parameters.pop("sslpassword", None)  # there is no such file for it; libpq asks for it then
    password = parameters.pop("password", None)
    if password is None:
        yield make_conninfo(**parameters)
        return
    with NamedTemporaryFile("w", prefix="roundtable-") as file:
        escaped = re.sub(r"([\\:])", r"\\\1", password)
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        yield make_conninfo(**parameters, passfile=file.name)
