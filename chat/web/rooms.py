"""Rooms over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.services import room_settings, rooms
from chat.services.access import require_room
from chat.web.api import Api, Operation
from chat.web.api import user as caller


@dataclass(frozen=True)
class RoomRoutes:
    """`presence_of(user_id)` says who is online, which only the sockets know."""

    db: Database
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
        ):
            api.add(operation)

    def list(self) -> wire.RoomsAnswer:
        with self.db.read() as read:
            return wire.RoomsAnswer(rooms=rooms.list_rooms(read, caller().id))

    def create(self, body: wire.CreateRoom) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=rooms.create_room(self.db, caller(), body))

    def change(self, room: str, body: wire.ChangeRoom) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=room_settings.change_room(self.db, caller().id, room, body))

    def join(self, room: str) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=rooms.join_room(self.db, caller(), room))

    def leave(self, room: str) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=rooms.leave_room(self.db, caller(), room))

    def invite(self, room: str, body: wire.Invite) -> wire.RoomAnswer:
        return wire.RoomAnswer(room=rooms.invite(self.db, caller(), room, body.user))

    def members(self, room: str) -> wire.MembersAnswer:
        with self.db.read() as read:
            found = require_room(read, caller().id, room, "read")
            return wire.MembersAnswer(members=rooms.list_members(read, found.id, self.presence_of))

    def remove(self, room: str, user: str) -> None:
        room_settings.remove_member(self.db, caller().id, room, user)
