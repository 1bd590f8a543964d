"""What every command stands on: the settings, the database, and errors in words.

Exit codes: 0 done, 1 it could not be done or something is wrong, 2 it was called wrongly or a setting is.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager

import click

from chat.acting import Actor, acting
from chat.config import Config
from chat.db.engine import DatabaseProblem, open_engines
from chat.db.files import require_file
from chat.db.migrate import require_current, upgrade
from chat.db.opening import database_on
from chat.db.unit_of_work import Database
from chat.errors import RoundtableError
from chat.publishing import Publisher
from chat.settings_reader import ConfigError


class SettingWrong(click.ClickException):
    exit_code = 2


@contextmanager
def told() -> Generator[Config]:
    """The settings; expected failures inside become one line and an exit code. Audited as done by the command."""
    name = click.get_current_context().info_name
    try:
        with acting(Actor(name=f"flask {name}")):
            yield Config.from_env()
    except ConfigError as problem:
        raise SettingWrong(f"A setting is wrong: {problem}") from problem
    except RoundtableError as problem:
        raise click.ClickException(problem.message) from problem
    except DatabaseProblem as problem:
        raise click.ClickException(str(problem)) from problem
    except OSError as problem:
        raise click.ClickException(f"{problem.filename or 'A file'}: {problem.strerror}.") from problem


@contextmanager
def opened(config: Config, *, may_create: bool = False) -> Generator[Database]:
    """The database, which must be as this version needs it. With `may_create` it is made, or brought up to date."""
    if not may_create:
        require_file(config.database_url)
    write, read = open_engines(config.database_url)
    db = database_on(write, read, Publisher())
    try:
        if may_create:
            upgrade(write)
        else:
            require_current(read)
        yield db
    finally:
        db.close()


def ask_password() -> str:
    """Asked for twice at a terminal, else the first line of standard input. Others could see an argument."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
