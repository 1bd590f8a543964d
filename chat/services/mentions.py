"""Who is named in a message: kept beside it, so that everybody's count of mentions is exact."""

from collections.abc import Iterable

from sqlalchemy import and_, bindparam, delete, insert, select

from chat import wire
from chat.db.prepared import Prepared
from chat.db.tables import members, mentions, users
from chat.db.unit_of_work import UnitOfWork
from chat.domain.mentions import find_mentions
from chat.events import MentionsChanged
from chat.services.room_views import get_room_view

_FORGET = Prepared(delete(mentions).where(mentions.c.message_id == bindparam("message")).returning(mentions.c.user_id))


def note_mentions(uow: UnitOfWork, message: wire.Message) -> set[str]:
    """Keeps which other members of the room a message names; their ids."""
    handles = find_mentions(message.content)
    if not handles:
        return set()
    named = (
        select(users.c.id)
        .join(members, and_(members.c.user_id == users.c.id, members.c.room_id == message.room))
        .where(users.c.username.in_(handles), users.c.id != message.author.id)
    )
    found = {row.id for row in uow.all(named)}
    if found:
        fields = {"message_id": message.id, "room_id": message.room, "seq": message.seq}
        uow.execute(insert(mentions), [{**fields, "user_id": user_id} for user_id in sorted(found)])
    return found


def forget_mentions(uow: UnitOfWork, message_id: str) -> set[str]:
    """Forgets whom a message names; their ids."""
    return {row.user_id for row in uow.run(_FORGET, {"message": message_id})}


def announce_counts(uow: UnitOfWork, room_id: str, seq: int, user_ids: Iterable[str]) -> None:
    """Tells those of `user_ids` who have not read up to `seq` what they have unread now."""
    unread = select(members.c.user_id).where(
        members.c.room_id == room_id, members.c.user_id.in_(sorted(user_ids)), members.c.last_read_seq < seq
    )
    for row in uow.all(unread):
        uow.record(MentionsChanged(row.user_id, get_room_view(uow, row.user_id, room_id)))
