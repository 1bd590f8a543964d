"""What units of work hold, and the one order in which they take it: downwards, from the whole server to a single row.

Two that took the same the other way round would wait for each other, until PostgreSQL undoes one of them and somebody
is told to try again. So a unit that goes back up fails, on SQLite as well, whose one writer needs no locks.

A row that has no name here comes after all that have: a person's before their sessions and keys, a job's before its
reply's, a webhook's before what waits for it.
"""

from typing import NamedTuple


class Lock(NamedTuple):
    place: int
    subject: str


NEW_ACCOUNT = Lock(1, "a new account")  # or two could be the first, or be called the same
ADMINS = Lock(2, "who is an admin")  # or the last two could take it from each other
NEW_ROOM = Lock(3, "a new room")  # or two could take the same name
SEVERAL_ROOMS = Lock(4, "several rooms")  # for whoever holds more than one: so they need no order among themselves
ROOM = Lock(5, "a room")
PERSON = Lock(6, "a person")
# Whoever takes one of these takes nothing else.
BUILT_IN_TEMPLATES = Lock(7, "the templates that come with the server")
WORD_INDEX = Lock(7, "the index of words")


def line_of(backend: str) -> Lock:
    return Lock(7, f"line:{backend}")


class Descent:
    """How far down one unit has come."""

    def __init__(self) -> None:
        self._lowest = Lock(0, "")
        self._taken: set[Lock] = set()

    def take(self, lock: Lock) -> bool:
        """False for one that the unit has already."""
        if lock in self._taken:
            return False
        self.reach(lock)
        self._taken.add(lock)
        return True

    def reach(self, lock: Lock) -> None:
        """For rows, of which a unit may take several."""
        assert lock.place >= self._lowest.place, f"“{lock.subject}” is taken before “{self._lowest.subject}”"
        self._lowest = lock
