"""Messages over HTTP: the same services as over sockets."""

from dataclasses import dataclass

from flask import Response

from chat import wire
from chat.db.unit_of_work import Database
from chat.errors import InvalidInput
from chat.rate_limits import RateLimits
from chat.services.addressees import AskRules
from chat.services.history import HISTORY_MAX, PAGE, get_history
from chat.services.messages import send_message
from chat.web.api import Api, Operation, user
from chat.web.responses import json_answer


@dataclass(frozen=True)
class ChatRoutes:
    db: Database
    ask_rules: AskRules
    limits: RateLimits
    max_chars: int

    def add_to(self, api: Api) -> None:
        paging: dict[str, type] = {"room": str, "before": int, "after": int, "around": int, "limit": int}
        for operation in (
            Operation("GET", "/api/chat/history", self.history, "A page of a room", answer=wire.History, query=paging),
            Operation(
                "POST", "/api/chat/message", self.post, "Send a message", wire.SendMessage, wire.MessageAnswer, 201
            ),
        ):
            api.add(operation)

    def history(
        self,
        room: str = "",
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = PAGE,
    ) -> wire.History:
        if not room:
            raise InvalidInput("Say which room: ?room=general.", field="room")
        if sum(place is not None for place in (before, after, around)) > 1:
            raise InvalidInput("Use one of “before”, “after” and “around”.", field="after")
        if not 1 <= limit <= HISTORY_MAX:
            raise InvalidInput(f"limit: from 1 to {HISTORY_MAX}.", field="limit")
        with self.db.read() as read:
            return get_history(read, user().id, room, before=before, after=after, around=around, limit=limit)

    def post(self, body: wire.SendMessage) -> Response:
        """201 for a new message, 200 when the same `client_id` had been sent before."""
        self.limits.take("message", user().id)
        posted = send_message(self.db, self.ask_rules, user(), body, max_chars=self.max_chars)
        answer = wire.MessageAnswer(message=posted.message, notice=posted.notice_body())
        return json_answer(answer, 201 if posted.created else 200)
