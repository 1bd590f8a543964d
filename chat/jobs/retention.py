"""Forgets old messages and runs in the background, in small units, so that nobody waits for it."""

import logging
from collections.abc import Callable

from chat.background import Background
from chat.config import Config
from chat.db.ids import now_ms
from chat.db.unit_of_work import Database
from chat.errors import NotStored
from chat.services.purging import DAY_MS
from chat.services.retention import PIECE, empty_old, forget_old_runs, list_old

EVERY = 3600.0  # seconds
PAUSE = 0.1  # seconds between two pieces, each of which is told to whole rooms
log = logging.getLogger(__name__)


class Retention:
    def __init__(self, db: Database, background: Background, config: Config, clock: Callable[[], int] = now_ms) -> None:
        """`clock` gives milliseconds since 1970."""
        self._db, self._background, self._clock = db, background, clock
        self._message_days, self._run_days = config.message_days, config.run_days

    def begin(self) -> None:
        """Now, and then once an hour. 0 days keeps everything."""
        self._background.spawn(self._begin)
        self._background.every(EVERY, self.run)

    def _begin(self) -> None:
        try:
            self.run()
        except NotStored:  # the database has said so, and in an hour it is tried again
            return

    def run(self) -> None:
        if self._message_days:
            self._tell(self._empty(), "messages", self._message_days)
        if self._run_days:
            self._tell(self._forget_runs(), "runs", self._run_days)

    def _tell(self, count: int, what: str, days: int) -> None:
        if count:
            log.info("forgot %d %s that were older than %d days", count, what, days)

    def _empty(self) -> int:
        before = self._clock() - self._message_days * DAY_MS
        count = 0
        after: str | None = ""
        while after is not None:
            with self._db.read() as read:
                found, after = list_old(read, before, after)
            for start in range(0, len(found), PIECE):
                count += empty_old(self._db, found[start : start + PIECE])
                self._background.sleep(PAUSE)
            self._background.sleep(0)
        return count

    def _forget_runs(self) -> int:
        before = self._clock() - self._run_days * DAY_MS
        count = 0
        while forgotten := forget_old_runs(self._db, before):
            count += forgotten
            self._background.sleep(PAUSE)
        return count
