"""The end of webhooks: of one, of those in a room that is deleted, of those whose maker is deactivated."""

from typing import Any

from sqlalchemy import Row, delete, or_, select, update

from chat.db.tables import hook_deliveries, incoming_hooks, members, outgoing_hooks, rooms, users
from chat.db.unit_of_work import UnitOfWork
from chat.services.audit import note
from chat.services.bots import retire_bot, write_directly
from chat.services.people import user_of
from chat.services.room_members import take_out

_INTO = (
    select(incoming_hooks, users.c.display_name, rooms.c.name.label("room_name"))
    .join(users, users.c.id == incoming_hooks.c.bot_id)
    .join(rooms, rooms.c.id == incoming_hooks.c.room_id)
    .order_by(incoming_hooks.c.id)
)
# Those that are on.
OUT_OF = (
    select(outgoing_hooks, rooms.c.name.label("room_name"))
    .join(rooms)
    .where(outgoing_hooks.c.disabled_at.is_(None))
    .order_by(outgoing_hooks.c.id)
)
_MAKER_GONE = "who made it has been deactivated"


def end_incoming(uow: UnitOfWork, hook_id: str) -> Row[Any]:
    """Nothing is taken at its address any more. Its bot leaves the room; what it has written stays."""
    hook = uow.first(_INTO.where(incoming_hooks.c.id == hook_id))
    assert hook is not None
    uow.execute(delete(incoming_hooks).where(incoming_hooks.c.id == hook_id))
    note(uow, "hook_deleted", hook_id, hook.display_name, f"into {hook.room_name}")
    take_out(uow, hook.room_id, hook.bot_id, None)
    retire_bot(uow, hook.bot_id)
    return hook


def disable_outgoing(uow: UnitOfWork, hook: Row[Any], error: str, why: str) -> None:
    """What waits is given up, and whoever looks after the room is told. `hook` is one of `OUT_OF`."""
    off = {"disabled_at": uow.now, "last_error": error[:200]}
    uow.execute(update(outgoing_hooks).where(outgoing_hooks.c.id == hook.id).values(off))
    uow.execute(delete(hook_deliveries).where(hook_deliveries.c.hook_id == hook.id))
    note(uow, "hook_disabled", hook.id, hook.name, f"out of {hook.room_name}")
    text = (
        f"The webhook “{hook.name}” of #{hook.room_name} is switched off: {why}. "
        "An owner can switch it on again in the room’s settings, under Webhooks."
    )
    _tell_owners(uow, hook, text)


def end_hooks_of(uow: UnitOfWork, user_id: str) -> None:
    """Whoever is let in no more has no other way in, and nothing is said to them.

    Addresses into rooms are gone for good, as keys are. Those out of rooms are switched off.
    """
    for made in uow.all(_INTO.where(incoming_hooks.c.created_by == user_id)):
        hook = end_incoming(uow, made.id)
        text = (
            f"The webhook “{hook.display_name}” into #{hook.room_name} is gone: {_MAKER_GONE}. "
            "An owner can make another one in the room’s settings, under Webhooks."
        )
        _tell_owners(uow, hook, text)
    for hook in uow.all(OUT_OF.where(outgoing_hooks.c.created_by == user_id)):
        disable_outgoing(uow, hook, _MAKER_GONE, _MAKER_GONE)


def retire_hooks(uow: UnitOfWork, room_id: str) -> None:
    """The room is deleted: nobody speaks there any more."""
    for hook in uow.all(_INTO.where(incoming_hooks.c.room_id == room_id)):
        retire_bot(uow, hook.bot_id)
    for table in (incoming_hooks, outgoing_hooks):
        uow.execute(delete(table).where(table.c.room_id == room_id))


def _tell_owners(uow: UnitOfWork, hook: Row[Any], text: str) -> None:
    """In a message of their own; and whoever made it, if they can still sign in."""
    is_owner = (members.c.room_id == hook.room_id) & (members.c.role == "owner")
    told = select(users).where(
        or_(users.c.id.in_(select(members.c.user_id).where(is_owner)), users.c.id == hook.created_by)
    )
    for row in uow.all(told.where(users.c.deactivated_at.is_(None)).order_by(users.c.id)):
        write_directly(uow, user_of(row), text)
