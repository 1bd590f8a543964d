"""Takes deleted rooms out of the database bit by bit: a large one at once would stop everybody for seconds."""

import threading

from chat.background import Background
from chat.db.unit_of_work import Database
from chat.errors import NotStored
from chat.events import Event, RoomDeleted
from chat.services.room_endings import clear_deleted

AGAIN_AFTER = 60.0  # seconds, where the database took nothing


class Clearing:
    def __init__(self, db: Database, background: Background) -> None:
        self._db, self._background = db, background
        self._working = threading.Lock()

    def on_event(self, event: Event) -> None:
        if isinstance(event, RoomDeleted):
            self.begin()

    def begin(self) -> None:
        """Also at the start, for what a stop has left."""
        self._background.spawn(self._run)

    def _run(self) -> None:
        with self._working:  # whoever comes later finds what is left, if anything
            while (pause := self._clear()) is not None:
                self._background.sleep(pause)

    def _clear(self) -> float | None:
        """Clears a piece; gives the seconds until the next one, None if there is none."""
        try:
            return 0.0 if clear_deleted(self._db) else None
        except NotStored:  # on a full disk, which somebody will make room on
            return AGAIN_AFTER
