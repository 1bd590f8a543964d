"""One message over HTTP: reading it, and changing it by the same services as over sockets."""

from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.domain.input import parse_input
from chat.rate_limits import RateLimits
from chat.services import changes, pins, reactions
from chat.services.contexts import get_context
from chat.services.history import get_one
from chat.web.api import Api, Operation, user


@dataclass(frozen=True)
class MessageRoutes:
    db: Database
    limits: RateLimits
    max_chars: int

    def add_to(self, api: Api) -> None:
        one, answer = "/api/chat/message/{message}", wire.MessageAnswer
        for operation in (
            Operation("GET", one, self.show, "One message", answer=answer),
            Operation("GET", one + "/context", self.context, "What the model read", answer=wire.ContextAnswer),
            Operation("PATCH", one, self.edit, "Give one's own message another text", wire.EditContent, answer),
            Operation("DELETE", one, self.delete, "Delete a message, of which its place stays"),
            Operation("PUT", one + "/reactions/{emoji}", self.react, "Put an emoji under a message"),
            Operation("DELETE", one + "/reactions/{emoji}", self.unreact, "Take one's own emoji away"),
            Operation("PUT", one + "/pin", self.pin, "Pin a message"),
            Operation("DELETE", one + "/pin", self.unpin, "Take the pin off a message"),
            Operation("GET", "/api/rooms/{room}/pins", self.pins, "What is pinned", answer=wire.PinsAnswer),
        ):
            api.add(operation)

    def show(self, message: str) -> wire.MessageAnswer:
        with self.db.read() as read:
            return wire.MessageAnswer(message=get_one(read, user().id, message))

    def context(self, message: str) -> wire.ContextAnswer:
        with self.db.read() as read:
            return wire.ContextAnswer(context=get_context(read, user().id, message))

    def edit(self, message: str, body: wire.EditContent) -> wire.MessageAnswer:
        self.limits.take("message", user().id)
        edited = changes.edit_message(self.db, user().id, message, body.content, max_chars=self.max_chars)
        return wire.MessageAnswer(message=edited)

    def delete(self, message: str) -> None:
        self.limits.take("event", user().id)
        changes.delete_message(self.db, user().id, message)

    def react(self, message: str, emoji: str) -> None:
        self._react(message, emoji, is_on=True)

    def unreact(self, message: str, emoji: str) -> None:
        self._react(message, emoji, is_on=False)

    def _react(self, message: str, emoji: str, *, is_on: bool) -> None:
        self.limits.take("event", user().id)
        asked = parse_input(wire.React, {"message": message, "emoji": emoji, "is_on": is_on})
        reactions.react(self.db, user().id, asked)

    def pin(self, message: str) -> None:
        self._pin(message, is_pinned=True)

    def unpin(self, message: str) -> None:
        self._pin(message, is_pinned=False)

    def _pin(self, message: str, *, is_pinned: bool) -> None:
        self.limits.take("event", user().id)
        asked = parse_input(wire.PinMessage, {"message": message, "is_pinned": is_pinned})
        pins.pin_message(self.db, user().id, asked)

    def pins(self, room: str) -> wire.PinsAnswer:
        with self.db.read() as read:
            return wire.PinsAnswer(messages=pins.list_pins(read, user().id, room))
