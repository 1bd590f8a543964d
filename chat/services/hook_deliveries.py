"""What waits to be posted to the addresses of rooms: in order for each of them, tried again, given up at last."""

import random
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update

from chat import wire
from chat.db.ids import now_ms
from chat.db.tables import hook_deliveries, outgoing_hooks, rooms
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.services.access import hold_room
from chat.services.bots import TO_WRITE_DIRECTLY
from chat.services.hook_endings import OUT_OF, disable_outgoing
from chat.services.message_views import get_message

LEASE_MS = 60_000  # within which whoever tries one is done with it
FIRST_PAUSE_MS = 5_000  # doubled after each failure, and spread by up to a half
LONGEST_PAUSE_MS = 3_600_000
GIVE_UP_MS = 3 * 86_400_000  # of failures, and nothing that went through


@dataclass(frozen=True, slots=True)
class Due:
    """One that is to be tried now, by us alone; `body` None where there is nothing to tell any more."""

    id: str
    hook_id: str
    url: str
    attempts: int
    body: wire.HookDelivery | None


def claim_due(db: Database, most: int) -> list[Due]:
    """Of each hook the first that waits, if its time has come. They are ours until their lease runs out.

    What somebody else claims or takes away at this moment is not waited for.
    """
    with db.read() as read:
        if read.first(_due(now_ms()).limit(1)) is None:
            return []
    with db.write() as uow:
        first = _due(uow.now).order_by(hook_deliveries.c.due_at).limit(most)
        rows = uow.all(first.with_for_update(of=hook_deliveries, skip_locked=True))
        return [_claimed(uow, row) for row in rows if _claim(uow, row)]


def _due(now: int) -> Select[Any]:
    """Behind one that has failed the others wait, so that all arrive in their order."""
    first = select(func.min(hook_deliveries.c.id)).group_by(hook_deliveries.c.hook_id)
    due = select(hook_deliveries, outgoing_hooks.c.url).join(outgoing_hooks)
    return due.where(hook_deliveries.c.id.in_(first), hook_deliveries.c.due_at <= now)


def _claim(uow: UnitOfWork, row: Row[Any]) -> bool:
    same = (hook_deliveries.c.id == row.id) & (hook_deliveries.c.due_at == row.due_at)
    lease = {"due_at": uow.now + LEASE_MS, "attempts": row.attempts + 1}
    return bool(uow.execute(update(hook_deliveries).where(same).values(lease)).rowcount)


def _claimed(tx: Reader, row: Row[Any]) -> Due:
    message = get_message(tx, row.message_id)
    body = None
    if message.deleted_at is None:
        room = tx.first(select(rooms.c.id, rooms.c.slug, rooms.c.name).where(rooms.c.id == message.room))
        assert room is not None
        shown = wire.HookRoom(id=room.id, slug=room.slug, name=room.name)
        body = wire.HookDelivery(id=row.id, event=row.event, room=shown, message=message)
    return Due(row.id, row.hook_id, row.url, row.attempts + 1, body)


def settle(db: Database, due: Due) -> None:
    """It has been delivered, or need not be any more."""
    with db.write() as uow:
        if due.body is not None:  # the hook before what waits for it: in the order of all others
            well = {"last_delivered_at": uow.now, "failing_since": None, "last_error": None}
            uow.execute(update(outgoing_hooks).where(outgoing_hooks.c.id == due.hook_id).values(well))
        uow.execute(delete(hook_deliveries).where(hook_deliveries.c.id == due.id))


def put_off(db: Database, due: Due, error: str, *, is_final: bool = False) -> None:
    """It has failed, and is tried again later; after days of that, or where it `is_final`, its hook is disabled."""
    with db.write() as uow:
        hook = uow.first(OUT_OF.where(outgoing_hooks.c.id == due.hook_id))
        if hook is None:
            return
        since = hook.failing_since or uow.now
        gives_up = is_final or uow.now - since >= GIVE_UP_MS
        if gives_up:
            uow.alone(*TO_WRITE_DIRECTLY)
        hold_room(uow, hook.room_id)  # before the hook's row; and nothing more is queued for one that is disabled
        failing = update(outgoing_hooks).where(outgoing_hooks.c.id == hook.id)
        uow.execute(failing.values(failing_since=since, last_error=error[:200]))
        if gives_up:
            disable_outgoing(uow, hook, error, f"what the room posts to it has not arrived for too long ({error})")
        else:
            again = uow.now + _pause(due.attempts)
            uow.execute(update(hook_deliveries).where(hook_deliveries.c.id == due.id).values(due_at=again))


def _pause(attempts: int) -> int:
    whole = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** min(attempts - 1, 20))
    return int(whole * random.uniform(0.5, 1.0))
