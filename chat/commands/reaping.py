"""`flask reap`."""

import click

from chat.commands.grounds import opened, told
from chat.jobs.recovery import close_lost
from chat.services.purging import purge
from chat.services.room_endings import clear_deleted


@click.command()
def reap() -> None:
    """Close replies that nobody works on any more.

    Also forgets what has expired, and takes out what is left of deleted rooms.
    A server that runs does the same by itself.
    """
    with told() as config, opened(config) as db:
        closed = close_lost(db)
        purge(db, config.audit_days, config.job_days)
        pieces = 0
        while clear_deleted(db):
            pieces += 1
        click.echo(f"{closed} replies closed, {pieces} pieces of deleted rooms taken out.")
