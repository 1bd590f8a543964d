"""Who may do what in a room and with the models, decided here alone; services/access reads the facts and asks."""

from typing import Literal

from chat.wire import MemberRole, RoomKind

Action = Literal["see", "join", "read", "post", "ask", "stop", "invite", "leave", "react", "pin", "change", "remove"]


Change = Literal["edit", "delete"]
ModelChange = Literal["load", "unload", "pull", "delete"]


def may(action: Action, kind: RoomKind, role: MemberRole | None) -> bool:
    """`role` is None for somebody who is not in the room. Being admin of the server opens no private room.

    `change` is of the room's settings, `remove` of another member: for owners.
    """
    if action in ("change", "remove"):
        return role == "owner" and kind != "direct"
    if role is not None:
        return not (action in ("leave", "invite") and kind == "direct")
    return kind == "public" and action in ("see", "join")


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


def may_see_cache(*, is_admin: bool) -> bool:
    """Its figures say what everybody together has asked."""
    return is_admin
