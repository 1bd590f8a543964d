"""Accounts, for whoever cannot come in: `flask create-admin`, `flask reset-password`."""

import click

from chat import wire
from chat.commands.grounds import ask_password, opened, told
from chat.config import Config
from chat.db.unit_of_work import Database
from chat.domain.input import parse_input
from chat.errors import NotFound
from chat.services import administration
from chat.services.accounts import register
from chat.services.passwords import Passwords
from chat.services.people import get_person
from chat.services.rooms import ensure_general


def _passwords(config: Config) -> Passwords:
    return Passwords(lambda work: work(), is_on=config.sign_in.passwords)


@click.command("create-admin")
@click.argument("username")
@click.option("--name", help="What people see instead of the user name.")
def create_admin(username: str, name: str | None) -> None:
    """Make an admin, or somebody who is there into one.

    The password of a new account is asked for, or read from the first line of standard input.
    """
    with told() as config, opened(config, may_create=True) as db:
        ensure_general(db)
        is_new = not _exists(db, username)
        if is_new:
            passwords = _passwords(config)
            passwords.require_on()  # before anybody types one
            fields = {"username": username, "password": ask_password(), "display_name": name or username}
            register(db, passwords, parse_input(wire.Credentials, fields))
        administration.change_person(db, username, wire.ChangePerson(role="admin", is_active=True), _offline)
        done = "is an admin and can sign in" if is_new else "was there already and is an admin now; the password stays"
        click.echo(f"{username} {done}.")


def _exists(db: Database, username: str) -> bool:
    with db.read() as read:
        try:
            get_person(read, username, with_deactivated=True)
        except NotFound:
            return False
    return True


def _offline(_user_id: str) -> wire.PresenceStatus:
    """The sockets, which know it, are another process's."""
    return "offline"


@click.command("reset-password")
@click.argument("username")
def reset_password(username: str) -> None:
    """Give somebody a new password, and print it.

    It has to be changed after the first sign-in. Ends all their sessions; a running server cuts their open connections
    within a minute.
    """
    with told() as config, opened(config) as db:
        click.echo(administration.reset_password(db, _passwords(config), username))
        click.echo("Hand it over. All other sessions of this account have ended.", err=True)
