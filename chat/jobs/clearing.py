"""Takes deleted rooms out of the database bit by bit: a large one at once would stop everybody for seconds."""

import threading

from chat.background import Background
from chat.db.unit_of_work import Database
from chat.events import Event, RoomDeleted
from chat.services.room_endings import clear_deleted


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
            while clear_deleted(self._db):
                self._background.sleep(0)
