"""`flask check`: what is wrong, and what to do about it, one line each."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import click

from chat.commands.grounds import opened, told
from chat.config import Config
from chat.db.engine import DatabaseProblem
from chat.db.files import find_file
from chat.db.sqlite_backups import SqliteBackups
from chat.engine import build_backends
from chat.errors import ModelError
from chat.llm.e5 import E5
from chat.services.integrity import find_misfits

ROOM_BYTES = 500_000_000  # free on the disk: below that somebody should look after it


@click.command()
def check() -> None:
    """Say what is wrong, and what to do about it.

    Looks at the settings, the folders, the database and the backends. The exit code is 1 if something is wrong.
    """
    with told() as config:
        wrong = 0
        for part, found in (("folders", _folders), ("database", _database), ("backends", _backends)):
            problems = list(found(config))
            wrong += len(problems)
            click.echo(f"{part}: {'ok' if not problems else ''}".rstrip())
            for problem in problems:
                click.echo(f"  {problem}")
    if wrong:
        raise click.exceptions.Exit(1)


def _folders(config: Config) -> Iterator[str]:
    folder = config.data_dir
    if not os.access(folder, os.W_OK | os.X_OK):
        yield f"{folder} cannot be written by this user. Give it to whoever runs the server: chown -R USER {folder}."
    secret = folder / "secret_key"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        yield f"Others can read {secret}, and sign in as anybody with it: chmod 600 {secret}."
    free = shutil.disk_usage(folder).free
    if free < ROOM_BYTES:
        yield f"Only {free // 1_000_000:,} MB are free where {folder} is. Make room, or messages cannot be stored."


def _database(config: Config) -> Iterator[str]:
    path = find_file(config.database_url)
    if path is not None:
        yield from _file(path)
    try:
        if path is not None and path.is_file() and (damage := SqliteBackups(path).find_damage()):
            yield f"{path} is damaged: {damage}. Stop the server and restore a backup: flask restore --replace FILE."
            return
        with opened(config) as db, db.read() as read:
            yield from find_misfits(read)
    except DatabaseProblem as problem:
        yield str(problem)


def _file(path: Path) -> Iterator[str]:
    if path.is_file() and not os.access(path, os.R_OK | os.W_OK):
        yield f"{path} cannot be written by this user. Give it to whoever runs the server: chown USER {path}*."


def _backends(config: Config) -> Iterator[str]:
    """One that is away is wrong only if nobody else answers: a fresh machine has the built-in model alone."""
    away: list[str] = []
    backends = [backend for backend in build_backends(config) if backend.kind != E5.kind]
    for backend in backends:
        try:
            backend.list_models()
        except ModelError as problem:
            away.append(problem.message)
        finally:
            backend.close()
    if len(away) == len(backends):
        yield from away or ["No model can answer: set OLLAMA_BASE_URL, or LLM_EMBEDDED=on."]
    else:
        for words in away:
            click.echo(f"  (others answer instead) {words}", err=True)
