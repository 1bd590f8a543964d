"""Turns what happened into what the sockets hear. A subscriber of the publisher, so it runs after the commit."""

from collections.abc import Callable

from chat import events, wire
from chat.db.unit_of_work import Database
from chat.domain.permissions import may_browse
from chat.llm.model_list import ModelList
from chat.realtime.connections import Connection, Connections
from chat.realtime.outlet import BROWSERS, Outlet, open_channel, room_channel, user_channel
from chat.realtime.presence import Presence
from chat.services import room_views


class Broadcast:
    """`greet(connection)` has a socket begin anew."""

    def __init__(
        self,
        outlet: Outlet,
        connections: Connections,
        presence: Presence,
        db: Database,
        models: ModelList,
        greet: Callable[[Connection], None],
    ) -> None:
        self._outlet, self._connections, self._presence = outlet, connections, presence
        self._db, self._models, self._greet = db, models, greet

    def on_event(self, event: events.Event) -> None:
        match event:
            case events.MessagePosted(message):
                self._outlet.send(message, to=room_channel(message.room))
            case events.MessageChanged(message):
                self._outlet.send(
                    wire.MessageUpdated(room=message.room, message=message), to=room_channel(message.room)
                )
            case (
                events.MessageDeleted(change)
                | events.ReactionChanged(change)
                | events.AgentActed(change)
                | events.RoomAgentsChanged(change)
                | events.RoomMemoryChanged(change)
            ):
                self._outlet.send(change, to=room_channel(change.room))
            case events.ReplyProgressed(status):
                self._outlet.send(status, to=room_channel(status.room or ""))
            case events.ReplyGrew(chunk):
                self._outlet.send(chunk, to=open_channel(chunk.room or ""))
            case (
                events.RoomRead(user_id, room) | events.RoomMuted(user_id, room) | events.MentionsChanged(user_id, room)
            ):
                self._outlet.send(wire.RoomUpdated(room=room), to=user_channel(user_id))
            case events.MessageRead(room_id, message_id, client_id):
                read = wire.MessageStatusEvent(room=room_id, id=message_id, client_id=client_id, status="read")
                self._outlet.send(read, to=room_channel(room_id))
            case events.Typed(sign, sid):
                self._outlet.send(sign, to=open_channel(sign.room), skip=sid)
            case _:
                self._on_membership(event)

    def _on_membership(self, event: events.Event) -> None:
        match event:
            case events.RoomCreated(room):
                if room.kind == "public":
                    self._outlet.send(wire.RoomUpdated(room=room), to=BROWSERS)
            case events.RoomChanged(room_id, hidden_by):
                self._changed(room_id, hidden_by)
            case events.TemplatesChanged(room_id, owner_id):
                heard_by = room_channel(room_id) if room_id else user_channel(owner_id or "")
                self._outlet.send(wire.TemplatesChanged(room=room_id), to=heard_by)
            case events.RoomDeleted(room, by):
                self._deleted(room, by)
            case events.MemberJoined(room_id, member):
                self._joined(room_id, member)
            case events.MemberChanged(room_id, member):
                self._appointed(room_id, member)
            case events.MemberLeft(room, user_id, removed_by):
                self._left(room, user_id, removed_by)
            case _:
                self._on_server(event)

    def _on_server(self, event: events.Event) -> None:
        match event:
            case events.GlobalStatusChanged(told) | events.ModelProgressed(told):
                self._outlet.send(told, to=None)
            case events.ModelsChanged():
                self._outlet.send(wire.ModelsChanged(**self._models.fields()), to=None)
            case events.SignInEnded(token_id, reason):
                for connection in self._connections.of_token(token_id):
                    self._outlet.send(wire.SignedOut(reason=reason), to=connection.sid)
                    self._outlet.disconnect(connection.sid)
            case events.PersonChanged(user, deactivated, room_ids):
                changed = [c for c in self._connections.of_user(user.id) if c.user.role != user.role]
                self._connections.rename(user)
                seen_in = [user_channel(user.id), *(room_channel(room_id) for room_id in room_ids)]
                self._outlet.send(wire.PersonChanged(user=user, deactivated=deactivated), to=seen_in)
                self._begin_anew(user, changed)

    def _begin_anew(self, user: wire.User, changed: list[Connection]) -> None:
        """Whoever has another role sees other rooms, or may do other things in them."""
        for connection in changed:
            change = self._outlet.enter if may_browse(user.role) else self._outlet.leave
            change(connection.sid, BROWSERS)
            self._greet(connection)

    def _changed(self, room_id: str, hidden_by: wire.User | None) -> None:
        """Each who may see it has other counts in it."""
        connected = {connection.user.id: connection.user.role for connection in self._connections.all()}
        with self._db.read() as read:
            views = room_views.views_of(read, room_id, connected)
        for user_id, room in views.items():
            self._outlet.send(wire.RoomUpdated(room=room), to=user_channel(user_id))
        if hidden_by is not None and hidden_by.id in views:
            gone = wire.RoomGone(room=room_id, name=views[hidden_by.id].name, reason="hidden", by=hidden_by)
            for user_id, on_server in connected.items():
                if user_id not in views and may_browse(on_server):  # nobody else has seen it
                    self._outlet.send(gone, to=user_channel(user_id))

    def _deleted(self, room: wire.Room, by: wire.User) -> None:
        gone = wire.RoomGone(room=room.id, name=room.name, reason="deleted", by=by)
        inside = room_channel(room.id)
        self._outlet.send(gone, to=[BROWSERS, inside] if room.kind == "public" else inside)
        for connection in self._connections.all():
            connection.open_rooms.discard(room.id)
        for channel in (room_channel(room.id), open_channel(room.id)):
            self._outlet.close(channel)

    def _joined(self, room_id: str, member: wire.Member) -> None:
        for connection in self._connections.of_user(member.id):
            self._outlet.enter(connection.sid, room_channel(room_id))
        self._outlet.send(wire.MemberJoined(room=room_id, member=self._known(member)), to=room_channel(room_id))
        self._show(room_id, member.id)

    def _appointed(self, room_id: str, member: wire.Member) -> None:
        self._outlet.send(wire.MemberUpdated(room=room_id, member=self._known(member)), to=room_channel(room_id))
        self._show(room_id, member.id)

    def _known(self, member: wire.Member) -> wire.Member:
        return member.model_copy(update={"presence": self._presence.of(member.id)})

    def _show(self, room_id: str, user_id: str) -> None:
        """The room as that person sees it now; nothing if they may not, because something else has happened since."""
        with self._db.read() as read:
            view = room_views.views_of(read, room_id, [user_id]).get(user_id)
        if view:
            self._outlet.send(wire.RoomUpdated(room=view), to=user_channel(user_id))

    def _left(self, room: wire.Room, user_id: str, removed_by: wire.User | None) -> None:
        """Cuts the person's sockets off the room first: what comes after is not for them."""
        for connection in self._connections.of_user(user_id):
            connection.open_rooms.discard(room.id)
            self._outlet.leave(connection.sid, room_channel(room.id))
            self._outlet.leave(connection.sid, open_channel(room.id))
        self._outlet.send(wire.MemberLeft(room=room.id, user=user_id), to=room_channel(room.id))
        if removed_by is not None:
            gone = wire.RoomGone(room=room.id, name=room.name, reason="removed", by=removed_by)
            self._outlet.send(gone, to=user_channel(user_id))
        self._outlet.send(wire.RoomUpdated(room=room), to=user_channel(user_id))
