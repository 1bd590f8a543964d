"""What models remember of a room, and what they would read of it now."""

from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.jobs.asking import Asker
from chat.rate_limits import RateLimits
from chat.services import room_memory
from chat.services.access import require_room
from chat.services.addressees import AskRules, room_model
from chat.services.contexts import get_room_context
from chat.web.api import Api, Operation, user

ONE = "/api/rooms/{room}/memory"


@dataclass(frozen=True)
class MemoryRoutes:
    db: Database
    asker: Asker
    models: AskRules
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        memory, context = wire.RoomMemoryAnswer, wire.ContextAnswer
        for operation in (
            Operation("GET", ONE, self.show, "The note of its older messages", answer=memory),
            Operation("PUT", ONE, self.change, "Edit it, or switch it on or off", wire.ChangeMemory, memory),
            Operation("DELETE", ONE, self.clear, "Forget it", answer=memory),
            Operation("GET", "/api/rooms/{room}/context", self.context, "What a model would read now", answer=context),
        ):
            api.add(operation)

    def show(self, room: str) -> wire.RoomMemoryAnswer:
        with self.db.read() as read:
            return wire.RoomMemoryAnswer(memory=room_memory.get_memory(read, user().id, room))

    def change(self, room: str, body: wire.ChangeMemory) -> wire.RoomMemoryAnswer:
        return wire.RoomMemoryAnswer(memory=room_memory.change_memory(self.db, self._changer(), room, body))

    def clear(self, room: str) -> wire.RoomMemoryAnswer:
        return wire.RoomMemoryAnswer(memory=room_memory.clear_memory(self.db, self._changer(), room))

    def context(self, room: str) -> wire.ContextAnswer:
        self.limits.take("event", user().id)
        with self.db.read() as read:
            found = require_room(read, user().id, room, "read")
            model = room_model(self.models, found.models)
            tokens = self.asker.context_length(model.name)
            return wire.ContextAnswer(context=get_room_context(read, user().id, found.id, model.name, tokens))

    def _changer(self) -> str:
        """Who asks, and it counts: a change of the note reaches everybody in the room."""
        self.limits.take("change", user().id)
        return user().id
