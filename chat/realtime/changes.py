"""The Socket.IO events that change messages which are there already; each is one call of a service."""

from dataclasses import dataclass

from flask_socketio import SocketIO

from chat import wire
from chat.db.unit_of_work import Database
from chat.rate_limits import RateLimits
from chat.realtime.connections import Connection
from chat.realtime.guards import Guards
from chat.services import changes, pins, reactions


@dataclass(frozen=True)
class ChangeHandlers:
    """`register` puts them behind their guards; nothing else may call them."""

    db: Database
    limits: RateLimits
    max_chars: int

    def register(self, socketio: SocketIO, guards: Guards) -> None:
        """Straight with the Socket.IO server, as in `Handlers`."""
        on = socketio.server.on
        on("edit_message", guards.guard("edit_message", wire.EditMessage, self.on_edit_message))
        on("delete_message", guards.guard("delete_message", wire.DeleteMessage, self.on_delete_message))
        on("react", guards.guard("react", wire.React, self.on_react))
        on("pin_message", guards.guard("pin_message", wire.PinMessage, self.on_pin_message))

    def on_edit_message(self, caller: Connection, ask: wire.EditMessage) -> wire.EditAnswer:
        self.limits.take("message", caller.user.id)
        edited = changes.edit_message(self.db, caller.user.id, ask.message, ask.content, max_chars=self.max_chars)
        return wire.EditAnswer(message=edited)

    def on_delete_message(self, caller: Connection, ask: wire.DeleteMessage) -> None:
        changes.delete_message(self.db, caller.user.id, ask.message)

    def on_react(self, caller: Connection, ask: wire.React) -> None:
        reactions.react(self.db, caller.user.id, ask)

    def on_pin_message(self, caller: Connection, ask: wire.PinMessage) -> None:
        pins.pin_message(self.db, caller.user.id, ask)
