"""How long the models took to load and how fast they wrote, as far as we have seen it."""

from chat import wire
from chat.db.unit_of_work import Database
from chat.llm.pace import Pace
from chat.llm.registry import Registry
from chat.services.model_loads import loads_by_model


class ModelHistory:
    def __init__(self, db: Database, registry: Registry, pace: Pace) -> None:
        self._db, self._registry, self._pace = db, registry, pace

    def list(self) -> list[wire.ModelHistory]:
        """Of the models that are there now; those of which nothing was seen are left out."""
        with self._db.read() as read:
            loads = loads_by_model(read)
        seen = []
        for entry in (*self._registry.models(), *self._registry.embedders()):
            key = (entry.backend.name, entry.name)
            speeds = [round(speed, 1) for speed in self._pace.speeds(*key)]
            if key in loads or speeds:
                seen.append(wire.ModelHistory(id=entry.id, loads=loads.get(key, []), speeds=speeds))
        return seen
