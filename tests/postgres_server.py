"""A PostgreSQL server of the tests' own: its data in a temporary folder, reached by a socket there."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg

START_SECONDS = "60"
# Nobody pulls the plug: what the system has taken is kept. Commits that wait are what is tested, not the disk.
QUICK = ("fsync=off", "full_page_writes=off")
SETTINGS = ("shared_buffers=64MB", "max_connections=300", "listen_addresses=")
BY_PASSWORD = "by_password"  # whoever has this name signs in by a password; all others need none


class PostgresServer:
    """Starts on entering, is gone on leaving. Keeps its data over `kill` and `start`.

    One that `is_durable` waits for the disk as it does by default.
    """

    def __init__(self, *, is_durable: bool = False) -> None:
        self._settings = SETTINGS if is_durable else (*QUICK, *SETTINGS)
        self._programs = Path(os.environ["ROUNDTABLE_POSTGRES"])
        self._folder = Path(tempfile.mkdtemp(prefix="roundtable-postgres-"))
        self._as = _owner()
        if self._as:
            shutil.chown(self._folder, *self._as)

    def __enter__(self) -> "PostgresServer":
        data = str(self._folder / "data")
        self._run(
            "initdb", "-D", data, "-U", "roundtable", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        rules = self._folder / "data" / "pg_hba.conf"
        rules.write_text(f"local all {BY_PASSWORD} scram-sha-256\n{rules.read_text()}")
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Returns when it takes connections."""
        options = " ".join(f"-c {one}" for one in (*self._settings, f"unix_socket_directories={self._folder}"))
        self._control("start", "-l", str(self._folder / "log"), "-t", START_SECONDS, "-o", options)

    def restart(self) -> None:
        """As for an update: connections are ended, what was committed is there afterwards."""
        self.stop()
        self.start()

    def stop(self) -> None:
        self._control("stop", "-m", "fast")

    def kill(self) -> None:
        """As the kernel would when memory is short: nothing is tidied up."""
        os.kill(self.pid, signal.SIGKILL)
        self._control("stop", "-m", "immediate", check=False)

    @property
    def pid(self) -> int:
        """Of the process that starts one for each connection."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split("\n")[0])

    @property
    def address(self) -> str:
        """A database URL, with `{}` for the name of a database."""
        return f"postgresql://roundtable@/{{}}?host={self._folder}"

    def create_database(self, name: str) -> str:
        """The URL of a new one."""
        with psycopg.connect(self.address.format("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.address.format(name)

    def _control(self, *arguments: str, check: bool = True) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", *arguments, check=check)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        """PostgreSQL does not run as root."""
        user, group = self._as or (None, None)
        log = self._folder / "commands"
        with log.open("ab") as told:  # a pipe would stay open for as long as the server runs
            command = [str(self._programs / program), *arguments]
            done = subprocess.run(
                command,
                cwd=self._folder,
                stdout=told,
                stderr=told,
                stdin=subprocess.DEVNULL,
                user=user,
                group=group,
                extra_groups=[] if user else None,
                check=False,
            )
        if check and done.returncode:
            raise AssertionError(f"{program} {' '.join(arguments)}:\n{log.read_text()[-3000:]}")


def _owner() -> tuple[str, int] | None:
    """Whose files and processes they are where the tests run as root: PostgreSQL's own account, or nobody's."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    return account.pw_name, account.pw_gid
