"""Rooms over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.rate_limits import RateLimits
from chat.services import muting, room_endings, room_members, room_settings, room_views, rooms
from chat.services.access import require_room
from chat.services.agents import list_room_agents
from chat.web.api import Api, Operation
from chat.web.api import user as caller


@dataclass(frozen=True)
class RoomRoutes:
    """`presence_of(user_id)` says who is online, which only the sockets know."""

    db: Database
    limits: RateLimits
    presence_of: Callable[[str], wire.PresenceStatus]

    def add_to(self, api: Api) -> None:
        room = wire.RoomAnswer
        for operation in (
            Operation("GET", "/api/rooms", self.list, "My rooms and the public ones", answer=wire.RoomsAnswer),
            Operation("POST", "/api/rooms", self.create, "Create a room", wire.CreateRoom, room, 201),
            Operation("PATCH", "/api/rooms/{room}", self.change, "Change its settings", wire.ChangeRoom, room),
            Operation("POST", "/api/rooms/{room}/join", self.join, "Become a member", answer=room),
            Operation("POST", "/api/rooms/{room}/leave", self.leave, "Leave a room", answer=room),
            Operation("POST", "/api/rooms/{room}/invite", self.invite, "Put somebody in", wire.Invite, room),
            Operation("GET", "/api/rooms/{room}/members", self.members, "Who is in", answer=wire.MembersAnswer),
            Operation("DELETE", "/api/rooms/{room}/members/{user}", self.remove, "Take somebody out", status=204),
            Operation("PATCH", "/api/rooms/{room}/members/{user}", self.appoint, "Change a role", wire.ChangeMember),
            Operation("PUT", "/api/rooms/{room}/archive", self.archive, "Keep it for reading only", answer=room),
            Operation("DELETE", "/api/rooms/{room}/archive", self.unarchive, "Take it into use again", answer=room),
            Operation("DELETE", "/api/rooms/{room}", self.delete, "Delete a room and all that is in it"),
            Operation("PUT", "/api/rooms/{room}/mute", self.mute, "Hear only of mentions"),
            Operation("DELETE", "/api/rooms/{room}/mute", self.unmute, "Hear of everything again"),
        ):
            api.add(operation)

    def list(self) -> wire.RoomsAnswer:
        with self.db.read() as read:
            return wire.RoomsAnswer(rooms=room_views.list_rooms(read, caller().id))

    def create(self, body: wire.CreateRoom) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=rooms.create_room(self.db, self._changer(), body))

    def change(self, room: str, body: wire.ChangeRoom) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=room_settings.change_room(self.db, self._changer(), room, body))

    def join(self, room: str) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=rooms.join_room(self.db, self._changer(), room))

    def leave(self, room: str) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=room_members.leave_room(self.db, self._changer(), room))

    def invite(self, room: str, body: wire.Invite) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=rooms.invite(self.db, self._changer(), room, body.user))

    def members(self, room: str) -> wire.MembersAnswer:
        with self.db.read() as read:
            found = require_room(read, caller().id, room, "read")
            members = rooms.list_members(read, found.id, self.presence_of)
            return wire.MembersAnswer(members=members, agents=list_room_agents(read, found.id))

    def remove(self, room: str, user: str) -> None:
        room_members.remove_member(self.db, self._changer(), room, user)

    def appoint(self, room: str, user: str, body: wire.ChangeMember) -> None:
        room_members.change_role(self.db, self._changer(), room, user, body.role)

    def archive(self, room: str) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=room_endings.archive_room(self.db, self._changer().id, room, is_archived=True))

    def unarchive(self, room: str) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=room_endings.archive_room(self.db, self._changer().id, room, is_archived=False))

    def delete(self, room: str) -> None:
        room_endings.delete_room(self.db, self._changer(), room)

    def mute(self, room: str) -> None:
        muting.mute_room(self.db, self._changer().id, room, is_muted=True)

    def unmute(self, room: str) -> None:
        muting.mute_room(self.db, self._changer().id, room, is_muted=False)

    def _changer(self) -> wire.User:
        """Who asks, and it counts: most changes of a room reach everybody in it."""
        self.limits.take("change", caller().id)
        return caller()
