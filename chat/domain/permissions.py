"""Who may do what in a room and with the models, decided here alone; services/access reads the facts and asks."""

from typing import Literal

from chat.wire import MemberRole, RoomKind, ServerRole, StopPolicy

GENERAL = "general"  # the slug of the room that everybody is in
Action = Literal[
    "see",
    "join",
    "read",
    "post",
    "ask",
    "stop",
    "invite",
    "leave",
    "react",
    "pin",
    "change",
    "remove",
    "appoint",
    "archive",
    "note",
]
OWNERS_ONLY: frozenset[Action] = frozenset({"change", "remove", "appoint", "archive", "note"})
NOT_WHEN_ARCHIVED: frozenset[Action] = frozenset({"post", "ask", "invite", "react", "pin", "change", "note"})

Change = Literal["edit", "delete"]
ModelChange = Literal["load", "unload", "pull", "delete"]


def acting_role(role: MemberRole | None, kind: RoomKind, on_server: ServerRole) -> MemberRole | None:
    """In the public rooms that they are in, moderators and admins act as owners; in no private one."""
    return "owner" if role is not None and kind == "public" and on_server in ("admin", "moderator") else role


def may(
    action: Action, kind: RoomKind, role: MemberRole | None, *, is_archived: bool = False, is_guest: bool = False
) -> bool:
    """`role` is None for somebody who is not in the room. Being admin of the server opens no private room.

    A guest is where they were invited, and nowhere else: they see no public room and bring nobody in.

    `change` is of the room's settings, `remove` of another member, `appoint` of owners, `archive` also of its end.
    `note` is of what models remember of it; in a direct room nobody is above, so that both may.
    """
    if is_archived and action in NOT_WHEN_ARCHIVED:
        return False
    if is_guest and (role is None or action == "invite"):
        return False
    if action in OWNERS_ONLY and not (action == "note" and kind == "direct"):
        return role == "owner" and kind != "direct"
    if role is not None:
        return not (action in ("leave", "invite") and kind == "direct")
    return kind == "public" and action in ("see", "join")


def may_stop(policy: StopPolicy, role: MemberRole, *, is_asker: bool) -> bool:
    """For members, about a reply that is being written; `is_asker` asked for it."""
    return policy == "everybody" or is_asker or role == "owner"


def may_delete_room(kind: RoomKind, slug: str, role: MemberRole | None, *, is_admin: bool) -> bool:
    """For those who see it. The room of everybody stays, and a direct one belongs to nobody alone."""
    return kind != "direct" and slug != GENERAL and (role == "owner" or is_admin)


def may_change(change: Change, kind: RoomKind, role: MemberRole, *, is_author: bool, is_asker: bool) -> bool:
    """For members, about one message; `is_asker` asked the model that wrote it. In a direct room nobody is above."""
    if change == "edit":
        return is_author
    return is_author or is_asker or (role == "owner" and kind != "direct")


def may_change_model(change: ModelChange, *, is_admin: bool) -> bool:
    """Whoever may ask a model may have it loaded, which asking does as well; the rest is everybody's loss or disk."""
    return change == "load" or is_admin


def may_cancel_load(*, is_admin: bool, is_owner: bool) -> bool:
    """`is_owner` began it; what the server began itself is an admin's."""
    return is_admin or is_owner


def may_change_agent(*, is_admin: bool, is_of_server: bool, is_owner: bool) -> bool:
    """The server's agents are the admins'; a room's own are its owners', whoever made them."""
    return is_admin if is_of_server else is_owner


def may_create_room(kind: RoomKind, on_server: ServerRole, *, shares_room: bool) -> bool:
    """`shares_room`: the maker is in a room with everybody who is to be in this one."""
    return on_server != "guest" or (kind == "direct" and shares_room)


def may_browse(on_server: ServerRole) -> bool:
    """Whether they see public rooms that they are not in."""
    return on_server != "guest"


def may_own(on_server: ServerRole) -> bool:
    """Whoever sees only some rooms cannot look after one."""
    return on_server != "guest"


def may_administer(*, is_admin: bool) -> bool:
    """People, the list of all rooms, the audit log, the cache (its figures say what everybody has asked)."""
    return is_admin
