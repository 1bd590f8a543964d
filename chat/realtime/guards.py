"""Stands between an event and its handler: who is this, is it valid, is it too fast; turns errors into acks."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from chat import wire
from chat.db.ids import new_id
from chat.domain.input import parse_input
from chat.errors import InvalidInput, NotSignedIn, RoundtableError, internal_error
from chat.logs import facts, logged_as
from chat.meters import Histograms
from chat.rate_limits import RateLimits
from chat.realtime.connections import Connection, Connections
from chat.realtime.packets import MALFORMED
from chat.tracing import span

M = TypeVar("M", bound=wire.In)
Answer = wire.Out | None
Ack = dict[str, Any]
log = logging.getLogger(__name__)


class Guards:
    def __init__(self, connections: Connections, limits: RateLimits, times: Histograms) -> None:
        """`times` are the seconds until the ack, by event."""
        self._connections, self._limits, self._times = connections, limits, times

    def guard(self, event: str, model: type[M], handler: Callable[[Connection, M], Answer]) -> Callable[..., Ack]:
        """The handler as Socket.IO calls it: any arguments in, always an ack out, never an exception."""

        def guarded(sid: str, *args: Any) -> Ack:
            return self.answer(event, lambda: handler(self._caller(sid), parse(model, args)))

        return guarded

    def unknown(self, event: str, sid: str, *_args: Any) -> Ack:
        """For an event that nobody handles."""
        return self.answer("unknown", lambda: self._refuse(event, sid))

    def _refuse(self, event: str, sid: str) -> Answer:
        self._caller(sid)
        if event == MALFORMED:
            raise InvalidInput("This is not an event: send a JSON array of its name and one object.")
        raise InvalidInput(f"There is no event called “{event[:50]}”.")

    def answer(self, event: str, work: Callable[[], Answer]) -> Ack:
        began = time.monotonic()
        with span(event, "server") as made:
            ack = self._answer(event, work)
            if not ack["ok"]:
                made.fail(ack["error"]["code"])
        took = time.monotonic() - began
        self._times[event].add(took)
        log.debug("%s took %.1f ms", event, took * 1000)
        return ack

    def _answer(self, event: str, work: Callable[[], Answer]) -> Ack:
        try:
            return (work() or wire.OkAnswer()).model_dump()
        except RoundtableError as refusal:
            request_id = new_id()
            with logged_as(request_id):
                log.info("%s refused: %s", event, refusal.code, extra=facts(event=event, code=refusal.code))
            return refused(refusal, request_id)
        except Exception:
            request_id = new_id()
            with logged_as(request_id):
                log.exception("%s failed", event, extra=facts(event=event))
            return wire.RefusedAnswer(error=internal_error(request_id)).model_dump()

    def _caller(self, sid: str) -> Connection:
        connection = self._connections.find(sid)
        if connection is None:
            raise NotSignedIn("Your sign-in has ended. Sign in again.")
        self._limits.take("event", connection.user.id)
        return connection


def refused(error: RoundtableError, request_id: str) -> Ack:
    return wire.RefusedAnswer(error=error.body(request_id)).model_dump()


def parse(model: type[M], args: tuple[Any, ...]) -> M:
    """The event's one argument as its wire model. Raises `InvalidInput` that names the field."""
    if len(args) != 1 or not isinstance(args[0], dict):
        raise InvalidInput("Send exactly one JSON object with this event.")
    return parse_input(model, args[0])
