"""What whoever runs the server types: `flask --help` lists it. Works beside a running server, and without one."""

import click
from flask import Flask

from chat.commands.backups import backup, restore
from chat.commands.checking import check
from chat.commands.people import create_admin, reset_password
from chat.commands.reaping import reap
from chat.commands.rooms import export_room, import_room
from chat.commands.working import work


def build_commands() -> Flask:
    """A Flask application that has these commands and serves nothing. Refuses `flask run`."""
    context = click.get_current_context(silent=True)
    if context is not None and context.command.name == "run":
        raise click.UsageError("Roundtable is started by “make run” or “python app.py”, not by “flask run”.")
    app = Flask("chat", static_folder=None)
    for command in (create_admin, reset_password, backup, restore, export_room, import_room, reap, check, work):
        app.cli.add_command(command)
    return app
