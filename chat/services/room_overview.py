"""All rooms as an admin of the server sees them: that they are there and how much goes on, nothing that was said."""

from typing import Any

from sqlalchemy import Select, and_, func, select, tuple_

from chat import wire
from chat.db.ids import iso, iso_or_none
from chat.db.tables import members, messages, rooms, users
from chat.db.unit_of_work import Reader

PAGE = 50


def list_all_rooms(tx: Reader, *, search: str = "", after: str = "", limit: int = PAGE) -> wire.AdminRooms:
    """By name; `after` is a room's id."""
    matches = and_(rooms.c.deleted_at.is_(None), rooms.c.name.icontains(search.strip().lstrip("#"), autoescape=True))
    total = tx.scalar(select(func.count()).select_from(rooms).where(matches))
    page = _rooms().where(matches).order_by(rooms.c.name, rooms.c.id).limit(limit + 1)
    if after:
        last = select(rooms.c.name, rooms.c.id).where(rooms.c.id == after)
        page = page.where(tuple_(rooms.c.name, rooms.c.id) > last.scalar_subquery())
    rows = tx.all(page)
    shown = rows[:limit]
    names = _direct_names(tx, [row.id for row in shown if row.kind == "direct"])
    found = [
        wire.AdminRoom(
            id=row.id,
            slug=row.slug,
            name=names.get(row.id, row.name),
            kind=row.kind,
            members=row.members,
            messages=row.last_seq,
            archived=row.archived_at is not None,
            created_at=iso(row.created_at),
            last_message_at=iso_or_none(row.last_message_at),
        )
        for row in shown
    ]
    return wire.AdminRooms(rooms=found, total=total, next=shown[-1].id if len(rows) > limit else None)


def _rooms() -> Select[Any]:
    count = select(func.count()).where(members.c.room_id == rooms.c.id).correlate(rooms).scalar_subquery()
    newest = and_(messages.c.room_id == rooms.c.id, messages.c.seq == rooms.c.last_seq)
    return select(rooms, count.label("members"), messages.c.created_at.label("last_message_at")).outerjoin(
        messages, newest
    )


def _direct_names(tx: Reader, room_ids: list[str]) -> dict[str, str]:
    query = (
        select(members.c.room_id, users.c.display_name)
        .join(users, users.c.id == members.c.user_id)
        .where(members.c.room_id.in_(room_ids))
        .order_by(users.c.display_name)
    )
    found: dict[str, list[str]] = {}
    for row in tx.all(query):
        found.setdefault(row.room_id, []).append(row.display_name)
    return {room_id: " and ".join(names) for room_id, names in found.items()}
