"""`flask backup` and `flask restore`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from chat.commands.grounds import told
from chat.config import Config
from chat.db.backups import backups_of
from chat.db.files import require_file

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("target", type=_FILE, required=False)
def backup(target: Path | None) -> None:
    """Copy the database and check the copy.

    The server may run. PostgreSQL needs pg_dump on PATH. The copy is TARGET or, without it, a file in
    DATA_DIR/backups, called by the time. Keep DATA_DIR/secret_key as well, elsewhere.
    """
    with told() as config:
        require_file(config.database_url)
        backups = backups_of(config.database_url)
        target = target or _named_by_time(config, backups.suffix)
        backups.write(target)
        click.echo(f"{target} ({target.stat().st_size:,} bytes) is complete and sound.")


def _named_by_time(config: Config, suffix: str) -> Path:
    folder = config.data_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"roundtable-{datetime.now(UTC):%Y%m%d-%H%M%S}{suffix}"


@click.command()
@click.argument("source", type=_FILE)
@click.option("--replace", "replaces", is_flag=True, help="Also where there is one; it is kept under another name.")
def restore(source: Path, *, replaces: bool) -> None:
    """Put a backup in the place of the database.

    The server must not be running. PostgreSQL needs pg_restore on PATH, and a database that somebody has created.
    """
    with told() as config:
        aside = backups_of(config.database_url).restore(source, replaces=replaces)
        click.echo(f"{source} is the database now. Start the server.")
        if aside:
            click.echo(f"What was there before is kept as {aside}.")
