"""Keeps the vectors of messages: whose they are, which are to be made next, and what has become of them."""

from collections.abc import Sequence

from chat.db import meaning_index
from chat.db.meaning_index import Unread
from chat.db.search_engines import search_engine_of
from chat.db.unit_of_work import Database
from chat.db.vectors import Space, Vectors

__all__ = ["MessageVectors", "Unread"]


class MessageVectors:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._engine = search_engine_of(db)

    def is_of(self, model: str) -> bool:
        with self._db.read() as read:
            known = meaning_index.find_model(read)
        return known is not None and known.name == model

    def begin(self, model: str, passages: Vectors, questions: Vectors) -> None:
        """From here on the vectors are this model's. Those of some passages and questions tell where they lie."""
        with self._db.write() as uow:
            meaning_index.begin_model(uow, model, Space.around(passages, questions))

    def next_unread(self) -> Unread | None:
        """The next messages whose vectors are to be made; None when all are. Tidies up first, where there is need."""
        with self._db.read() as read:
            model = meaning_index.find_model(read)
            assert model
            has_new_rooms = meaning_index.has_new_rooms(read)
            has_leftovers = self._engine.has_leftovers(read, model)
        if has_new_rooms or has_leftovers:
            with self._db.write() as uow:
                meaning_index.begin_rooms(uow)
                self._engine.tidy(uow, model)
        with self._db.read() as read:
            return meaning_index.next_unread(read, model)

    def store(self, read: Unread, made: Sequence[Sequence[float] | None]) -> bool:
        """False, and nothing is stored, if the model gives vectors of another length than it gave at first."""
        with self._db.write() as uow:
            model = meaning_index.find_model(uow)
            if model is None or any(one is not None and len(one) != model.space.dimensions for one in made):
                return False
            meaning_index.store(uow, model, read, made, self._engine.add_meanings)
        return True
