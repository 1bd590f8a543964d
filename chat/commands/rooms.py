"""`flask export-room` and `flask import`."""

from pathlib import Path

import click

from chat.commands.grounds import opened, told
from chat.services.room_archive import export_room as write_room
from chat.services.room_archive import import_room as read_room


@click.command("export-room")
@click.argument("room")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def export_room(room: str, target: Path) -> None:
    """Write everything that was said in a room to a file.

    ROOM is its address or its id; TARGET will have lines of JSON.
    """
    with told() as config, opened(config) as db:
        if target.exists():
            raise click.ClickException(f"{target} is there already. Choose another name, or move it away.")
        part = target.with_name(f"{target.name}.part")
        try:
            part.touch(0o600)
            with part.open("w", encoding="utf-8") as file:
                count = write_room(db, room, file.write)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        click.echo(f"{target} has {count} messages.")


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def import_room(source: Path) -> None:
    """Make a room again that export-room has written.

    A running server shows it to its members when they load the page again.
    """
    with told() as config, opened(config) as db, source.open(encoding="utf-8") as file:
        slug, count = read_room(db, file)
        click.echo(f"#{slug} is here with {count} messages.")
