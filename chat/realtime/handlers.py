"""The Socket.IO events that clients send; each is one call of a service."""

from dataclasses import dataclass

from flask_socketio import SocketIO

from chat import wire
from chat.db.ids import new_id
from chat.db.unit_of_work import Database
from chat.errors import Conflict, RoundtableError
from chat.jobs.preloading import Preloading
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.request_job import RequestJobs, question_of
from chat.rate_limits import RateLimits
from chat.realtime.connections import Connection
from chat.realtime.guards import Guards
from chat.realtime.opening import Opening
from chat.realtime.outlet import Outlet, open_channel
from chat.realtime.presence import Presence
from chat.realtime.typing import Typing
from chat.services import job_rows, messages, reading, reopening, replies, rooms
from chat.services.access import require_room
from chat.services.addressees import AskRules


@dataclass(frozen=True)
class Handlers:
    """`register` puts them behind their guards; nothing else may call them."""

    db: Database
    outlet: Outlet
    presence: Presence
    typing: Typing
    opening: Opening
    limits: RateLimits
    ask_rules: AskRules
    replies: ReplyJobs
    requests: RequestJobs
    preloading: Preloading
    max_chars: int

    def register(self, socketio: SocketIO, guards: Guards) -> None:
        """Straight with the Socket.IO server: Flask's request context would cost each event 80 µs and is not used."""
        on = socketio.server.on
        on("join_room", guards.guard("join_room", wire.JoinRoom, self.on_join_room))
        on("leave_room", guards.guard("leave_room", wire.LeaveRoom, self.on_leave_room))
        on("send_message", guards.guard("send_message", wire.SendMessage, self.on_send_message))
        on("typing", guards.guard("typing", wire.Typing, self.on_typing))
        on("set_presence", guards.guard("set_presence", wire.SetPresence, self.on_set_presence))
        on("mark_read", guards.guard("mark_read", wire.MarkRead, self.on_mark_read))
        on("mark_unread", guards.guard("mark_unread", wire.MarkUnread, self.on_mark_unread))
        on("stop_reply", guards.guard("stop_reply", wire.StopReply, self.on_stop_reply))
        on("regenerate", guards.guard("regenerate", wire.Regenerate, self.on_regenerate))
        on("continue_reply", guards.guard("continue_reply", wire.ContinueReply, self.on_continue_reply))
        on("llm_request", guards.guard("llm_request", wire.LlmRequest, self.on_llm_request))
        on("*", guards.unknown)

    def on_join_room(self, caller: Connection, ask: wire.JoinRoom) -> wire.JoinAnswer:
        """Opens a room on this socket; whoever is not yet in a public room becomes a member.

        The channel is entered before anything is read, so that nothing falls between the two.
        """
        room_id = rooms.join_room(self.db, caller.user, ask.room).id
        self.outlet.enter(caller.sid, open_channel(room_id))
        caller.open_rooms.add(room_id)
        try:
            return self.opening.show(caller.user.id, room_id, ask)
        except RoundtableError:  # no longer a member: left from elsewhere between the two
            self.outlet.leave(caller.sid, open_channel(room_id))
            caller.open_rooms.discard(room_id)
            raise

    def on_leave_room(self, caller: Connection, ask: wire.LeaveRoom) -> None:
        """Closes a room on this socket; one stays a member."""
        with self.db.read() as read:
            room = require_room(read, caller.user.id, ask.room, "read")
        caller.open_rooms.discard(room.id)
        self.outlet.leave(caller.sid, open_channel(room.id))
        self.typing.end(caller, room.id)

    def on_send_message(self, caller: Connection, ask: wire.SendMessage) -> wire.SendAnswer:
        self.limits.take("message", caller.user.id)
        posted = messages.send_message(self.db, self.ask_rules, caller.user, ask, max_chars=self.max_chars)
        return wire.SendAnswer(message=posted.message, notice=posted.notice_body())

    def on_typing(self, caller: Connection, ask: wire.Typing) -> None:
        with self.db.read() as read:
            room = require_room(read, caller.user.id, ask.room, "post")
        if ask.is_typing:
            self.typing.begin(caller, room.id)
            if ask.model:
                self.preloading.mentioned(ask.model, lambda: self.limits.take("load", caller.user.id))
        else:
            self.typing.end(caller, room.id)

    def on_set_presence(self, caller: Connection, ask: wire.SetPresence) -> None:
        self.presence.set_away(caller, ask.status == "away")

    def on_mark_read(self, caller: Connection, ask: wire.MarkRead) -> None:
        reading.mark_read(self.db, caller.user.id, ask.room, ask.seq)

    def on_mark_unread(self, caller: Connection, ask: wire.MarkUnread) -> None:
        reading.mark_unread(self.db, caller.user.id, ask.room, ask.seq)

    def on_stop_reply(self, caller: Connection, ask: wire.StopReply) -> None:
        """Also what this socket has asked for itself alone: its `request_id` stands for the message there."""
        if self.requests.stop(caller.sid, ask.message):
            return
        with self.db.read() as read:
            job_id = replies.require_reply(read, caller.user.id, ask.message, "stop")
        if not self.replies.stop(job_id):
            raise Conflict("This reply has ended already.", field="message")

    def on_regenerate(self, caller: Connection, ask: wire.Regenerate) -> None:
        self._may_ask_again(caller, ask.message)
        reopening.reopen_reply(self.db, caller.user.id, ask)

    def on_continue_reply(self, caller: Connection, ask: wire.ContinueReply) -> None:
        self._may_ask_again(caller, ask.message)
        reopening.continue_reply(self.db, caller.user.id, ask)

    def _may_ask_again(self, caller: Connection, message_id: str) -> None:
        """Closes a reply that is open although nothing runs for it, for who may stop it."""
        self.limits.take("ask", caller.user.id)
        with self.db.read() as read:
            job_id = replies.require_reply(read, caller.user.id, message_id, "ask")
            is_left = job_rows.is_open(read, job_id) and not self.replies.is_running(job_id)
            if is_left:
                replies.require_reply(read, caller.user.id, message_id, "stop")
        if is_left:
            self.replies.stop(job_id)

    def on_llm_request(self, caller: Connection, ask: wire.LlmRequest) -> wire.RequestAnswer:
        """With a room the question becomes a message there and the answer its reply; without, it is the asker's own."""
        if ask.room is not None:
            return self._ask_in_room(caller, ask, ask.room)
        fields = ask.model_dump(include={"model", "template", "variables", "bypass_cache"})
        generate = wire.Generate(prompt=ask.content, options=ask.options, metadata=ask.metadata, **fields)
        with self.db.read() as read:
            question = question_of(read, generate, caller.user.id)
        self.limits.take("ask", caller.user.id)
        request_id = new_id()
        send = lambda told: self.outlet.send(told, to=caller.sid)  # noqa: E731  a name for the line below
        self.requests.begin(question, caller.sid, request_id, send)
        return wire.RequestAnswer(request_id=request_id)

    def _ask_in_room(self, caller: Connection, ask: wire.LlmRequest, room: str) -> wire.RequestAnswer:
        sending = wire.SendMessage(
            room=room,
            content=ask.content,
            client_id=new_id(),
            model=ask.model,
            template=ask.template,
            variables=ask.variables,
            metadata=ask.metadata,
            options=ask.options,
            bypass_cache=ask.bypass_cache,
        )
        self.limits.take("message", caller.user.id)
        posted = messages.send_message(
            self.db, self.ask_rules, caller.user, sending, max_chars=self.max_chars, must_answer=True
        )
        if posted.reply is None:
            raise Conflict("No model answers in this room.")
        return wire.RequestAnswer(request_id=posted.reply.id)
