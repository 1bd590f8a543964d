"""What can be typed after @ means one person, agent or model, or everybody of a kind: no two share a handle."""

import itertools

from sqlalchemy import select

from chat.db.tables import agents, users
from chat.db.unit_of_work import Reader
from chat.domain.agents import RESERVED


def is_taken(tx: Reader, handle: str) -> bool:
    """By a person, an agent, or because it means something. The models are known to the engine."""
    if handle in RESERVED:
        return True
    return any(
        tx.first(select(column).where(column == handle)) is not None for column in (users.c.username, agents.c.handle)
    )


def find_free(tx: Reader, wanted: str) -> str:
    """This one, or with the first number after it that nobody has: `ada`, `ada-2`, `ada-3` …"""
    numbered = (f"{wanted}-{number}" for number in itertools.count(2))
    return next(handle for handle in itertools.chain([wanted], numbered) if not is_taken(tx, handle))
