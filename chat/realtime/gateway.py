"""Sockets coming and going: who may connect, which channels they hear, and what they are told first."""

import logging
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO
from socketio.packet import CONNECT

from chat import wire
from chat.background import Background
from chat.db.unit_of_work import Database
from chat.domain.permissions import may_browse
from chat.errors import NotAllowed, NotSignedIn, NotStored, RoundtableError, TooFast
from chat.jobs.request_job import RequestJobs
from chat.jobs.status_feed import StatusFeed
from chat.llm.model_list import ModelList
from chat.meters import Traffic
from chat.realtime.connections import Connection, Connections
from chat.realtime.guards import refused
from chat.realtime.outlet import BROWSERS, Outlet, room_channel, user_channel
from chat.realtime.presence import Presence
from chat.realtime.sockets import outgoing
from chat.realtime.typing import Typing
from chat.services import rooms
from chat.services.room_views import list_rooms
from chat.services.sign_ins import CHANGE_FIRST, Principal, SignIns

SOCKETS_PER_PERSON = 50
RECHECK_EVERY = 60.0  # seconds
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gateway:
    db: Database
    connections: Connections
    outlet: Outlet
    presence: Presence
    typing: Typing
    sign_ins: SignIns
    models: ModelList
    feed: StatusFeed
    requests: RequestJobs
    server: wire.ServerInfo
    cookie: str
    background: Background
    new: set[str] = field(default_factory=set)  # sockets that were let in and have not had their `setup`

    def register(self, socketio: SocketIO) -> None:
        socketio.on_event("connect", self.on_connect)
        socketio.on_event("disconnect", self.on_disconnect)
        engine, manager = socketio.server.eio, socketio.server.manager
        handle = engine.handlers["message"]

        def on_message(eio_sid: str, data: Any) -> None:
            handle(eio_sid, data)
            if isinstance(data, str) and data.startswith(f"{CONNECT}"):
                self._welcome(manager.sid_from_eio_sid(eio_sid, "/"))

        engine.handlers["message"] = on_message

    def on_connect(self, auth: Any = None) -> None:
        """Signs the socket in by session cookie or API key; refuses with the documented error."""
        try:
            principal = self._sign_in(auth)
            if len(self.connections.of_user(principal.user.id)) >= SOCKETS_PER_PERSON:
                raise TooFast("You have too many connections open. Close some tabs.", retry_after=10)
            sid = current_sid()
            self._enter(Connection(sid, principal))
        except RoundtableError as refusal:
            body = refused(refusal, current_sid())["error"]
            raise ConnectionRefusedError(refusal.message, {"error": body}) from None
        self.new.add(sid)
        if not self._is_still_valid(principal):  # ended while we let it in, too early for the cut to find it
            self.outlet.disconnect(sid)

    def _is_still_valid(self, principal: Principal) -> bool:
        """False also where the database does not answer: whoever comes again will be told."""
        try:
            return self.sign_ins.is_valid(principal)
        except NotStored:
            return False

    def _sign_in(self, auth: Any) -> Principal:
        cookie = request.cookies.get(self.cookie)
        key = auth.get("token") if isinstance(auth, dict) else None
        principal = None
        if isinstance(key, str):
            principal = self.sign_ins.find_key(key)
        elif cookie:
            principal = self.sign_ins.find_session(cookie)
        if principal is None:
            raise NotSignedIn("Sign in first: the connection needs a session or a valid API key.")
        if principal.must_change_password:
            raise NotAllowed(CHANGE_FIRST)
        return principal

    def _enter(self, connection: Connection) -> None:
        user = connection.user
        with self.db.read() as read:
            room_ids = rooms.room_ids_of(read, user.id)
        self.connections.add(connection)
        self.outlet.enter(connection.sid, user_channel(user.id))
        if may_browse(user.role):
            self.outlet.enter(connection.sid, BROWSERS)
        for room_id in room_ids:
            self.outlet.enter(connection.sid, room_channel(room_id))
        self.presence.came(user)
        log.info("socket %s connected for %s", connection.sid, user.id)

    def _welcome(self, sid: str | None) -> None:
        """Sends `setup`, once: after the connect packet, so that a client which waits for that misses nothing.

        Whoever cannot be told it, because the database does not answer, has to come again.
        """
        if sid is None or sid not in self.new:
            return
        self.new.discard(sid)
        if connection := self.connections.find(sid):
            try:
                self.greet(connection)
            except NotStored:
                self.outlet.disconnect(sid)

    def greet(self, connection: Connection) -> None:
        """Sends `setup`: all that a client needs to know to begin with, or to catch up."""
        with self.db.read() as read:
            mine = list_rooms(read, connection.user.id)
        partners = [room.partner.id for room in mine if room.partner]
        setup = wire.Setup(
            user=connection.user,
            rooms=mine,
            llm_status=self.feed.overall(),
            presence={user_id: self.presence.of(user_id) for user_id in partners},
            server=self.server,
            **self.models.fields(),
        )
        self.outlet.send(setup, to=connection.sid)

    def on_disconnect(self, reason: str = "") -> None:
        self.new.discard(current_sid())
        connection = self.connections.remove(current_sid())
        if connection is None:
            return
        self.requests.open.cancel_all(connection.sid, has_left=True)
        self.typing.end_all(connection)
        self.presence.went(connection.user)
        log.info("socket %s closed: %s", connection.sid, reason)

    def recheck(self) -> None:
        """Ends sockets whose session or key has run out meanwhile."""
        for connection in self.connections.all():
            if not self.sign_ins.is_valid(connection.principal):
                self.outlet.disconnect(connection.sid)
            self.background.sleep(0)  # a thousand questions to the database in a row would stop everybody

    def traffic(self) -> Traffic:
        return Traffic(len(self.connections), self.connections.people(), outgoing.packets, outgoing.dropped)

    def announce_restart(self, retry_after: float) -> None:
        self.outlet.send(wire.ServerRestarting(retry_after=retry_after), to=None)


def current_sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # set by Flask-SocketIO
