"""Files that are whole or not there."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from chat.db.engine import DatabaseProblem

PAGES = "-wal", "-shm"  # beside a SQLite database: what was written last, which belongs to it


def require_free(target: Path) -> None:
    if target.exists():
        raise DatabaseProblem(f"{target} is there already. Choose another name, or move it away.")


def require_there(source: Path) -> None:
    if not source.is_file():
        raise DatabaseProblem(f"There is no file {source}.")


@contextmanager
def whole(target: Path, *, replaces: bool = False) -> Generator[Path]:
    """A file beside `target` that takes its place when the block ends well, after everything of it is on the disk."""
    part = target.with_name(f"{target.name}.part")
    if not target.parent.is_dir():
        raise DatabaseProblem(f"There is no folder {target.parent}. Make it first.")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))  # all that was ever said is in it
        yield part
        if replaces and target.exists():
            _look_like(target, part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        for ending in ("", *PAGES):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _look_like(target: Path, part: Path) -> None:
    """Whoever runs the server must be able to write to it, also if somebody else restores."""
    shutil.copymode(target, part)
    owner = target.stat()
    os.chown(part, owner.st_uid, owner.st_gid)
