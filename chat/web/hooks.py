"""Webhooks: their addresses, and what the owners of a room do about them."""

from dataclasses import dataclass

from flask import Response

from chat import wire
from chat.rate_limits import RateLimits
from chat.services.incoming_hooks import IncomingHooks
from chat.services.outgoing_hooks import OutgoingHooks
from chat.web.api import Api, Operation, user
from chat.web.responses import json_answer


@dataclass(frozen=True)
class HookRoutes:
    incoming: IncomingHooks
    outgoing: OutgoingHooks
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        one, made = "/api/rooms/{room}/hooks/{hook}", wire.IncomingHookCreated
        out, wanted = "/api/rooms/{room}/outgoing-hooks", wire.CreateOutgoingHook
        for operation in (
            Operation("GET", "/api/rooms/{room}/hooks", self.list, "Webhooks into it", answer=wire.IncomingHooks),
            Operation("POST", "/api/rooms/{room}/hooks", self.create, "Make one", wire.CreateIncomingHook, made, 201),
            Operation("DELETE", one, self.delete, "Take its address back"),
            Operation(
                "POST",
                "/api/hooks/{secret}",
                self.post,
                "Post by a webhook",
                wire.HookPost,
                wire.MessageAnswer,
                201,
                public=True,
            ),
            Operation("GET", out, self.list_outgoing, "Webhooks out of it", answer=wire.OutgoingHooks),
            Operation("POST", out, self.create_outgoing, "Make one", wanted, wire.OutgoingHookCreated, 201),
            Operation("DELETE", f"{out}/{{hook}}", self.delete_outgoing, "Post there no more"),
            Operation("PUT", f"{out}/{{hook}}/enabled", self.enable, "Try again", answer=wire.OutgoingHookAnswer),
        ):
            api.add(operation)

    def list(self, room: str) -> wire.IncomingHooks:
        return wire.IncomingHooks(hooks=self.incoming.list(user(), room))

    def create(self, room: str, body: wire.CreateIncomingHook) -> wire.IncomingHookCreated:
        self.limits.take("change", user().id)
        return self.incoming.create(user(), room, body)

    def delete(self, room: str, hook: str) -> None:
        self.limits.take("change", user().id)
        self.incoming.delete(user(), room, hook)

    def post(self, secret: str, body: wire.HookPost) -> Response:
        """201 for a new message, 200 when the same `client_id` had been posted before."""
        self.limits.take("hook", self.incoming.find(secret).id)
        message, is_new = self.incoming.post(secret, body)
        return json_answer(wire.MessageAnswer(message=message), 201 if is_new else 200)

    def list_outgoing(self, room: str) -> wire.OutgoingHooks:
        return self.outgoing.list(user(), room)

    def create_outgoing(self, room: str, body: wire.CreateOutgoingHook) -> wire.OutgoingHookCreated:
        self.limits.take("change", user().id)
        return self.outgoing.create(user(), room, body)

    def delete_outgoing(self, room: str, hook: str) -> None:
        self.limits.take("change", user().id)
        self.outgoing.delete(user(), room, hook)

    def enable(self, room: str, hook: str) -> wire.OutgoingHookAnswer:
        self.limits.take("change", user().id)
        return wire.OutgoingHookAnswer(hook=self.outgoing.enable(user(), room, hook))
