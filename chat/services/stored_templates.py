"""Templates as they are stored: each change is a version, and none is changed afterwards."""

from typing import Any

from sqlalchemy import Row, Select, Text, and_, cast, delete, func, insert, select, update

from chat import wire
from chat.db.ids import iso
from chat.db.tables import rooms, template_versions, templates, users
from chat.db.unit_of_work import Reader, UnitOfWork

MAX_VERSIONS = 50  # that no message was sent with; older ones of these go
_VERSIONS = template_versions.c
_NEWEST = (
    select(templates, _VERSIONS.content, users.c.display_name, rooms.c.name.label("room_name"))
    .join(template_versions, and_(_VERSIONS.template_id == templates.c.id, _VERSIONS.version == templates.c.version))
    .outerjoin(users, users.c.id == _VERSIONS.author_id)
    .outerjoin(rooms, rooms.c.id == templates.c.room_id)
    .where(templates.c.deleted_at.is_(None))
)


def find_stored(tx: Reader, template_id: str) -> Row[Any] | None:
    """The newest version of a template that was not deleted. Asks nobody whether it may be shown."""
    return tx.first(_NEWEST.where(templates.c.id == template_id))


def of_room(room_id: str) -> Select[Any]:
    return _NEWEST.where(templates.c.room_id == room_id)


def of_person(user_id: str) -> Select[Any]:
    return _NEWEST.where(templates.c.owner_id == user_id)


def of_server() -> Select[Any]:
    """Those that come with it."""
    return _NEWEST.where(templates.c.room_id.is_(None), templates.c.owner_id.is_(None))


def of_kind(query: Select[Any], kind: str | None) -> Select[Any]:
    return query if kind is None else query.where(_VERSIONS.content["kind"].as_string() == kind)


def sizes_of(tx: Reader, query: Select[Any], but: str | None) -> list[int]:
    """How many characters each template of a place takes as it is stored, without one of them."""
    newest = query.where(templates.c.id != but) if but else query
    return [
        row.size for row in tx.all(newest.with_only_columns(func.length(cast(_VERSIONS.content, Text)).label("size")))
    ]


def view_of(row: Row[Any], *, can_change: bool) -> wire.Template:
    return wire.Template(
        **row.content,
        id=row.id,
        scope="room" if row.room_id else "own",
        room=row.room_id,
        version=row.version,
        updated_at=iso(row.updated_at),
        updated_by=row.display_name,
        can_change=can_change,
    )


def find_content(tx: Reader, template_id: str, version: int) -> wire.TemplateContent | None:
    """A template as it was in one version, also after it was deleted."""
    row = tx.first(select(_VERSIONS.content).where(_VERSIONS.template_id == template_id, _VERSIONS.version == version))
    return wire.TemplateContent(**row.content) if row else None


def list_stored_versions(tx: Reader, template_id: str) -> list[wire.TemplateVersion]:
    """The newest first."""
    query = select(template_versions, users.c.display_name).outerjoin(users, users.c.id == _VERSIONS.author_id)
    rows = tx.all(query.where(_VERSIONS.template_id == template_id).order_by(_VERSIONS.version.desc()))
    return [
        wire.TemplateVersion(
            version=row.version, title=row.content["title"], at=iso(row.created_at), by=row.display_name
        )
        for row in rows
    ]


def add_version(uow: UnitOfWork, template_id: str, version: int, content: dict[str, Any], user_id: str | None) -> None:
    """Writes a version; of those that no message was sent with, only the newest are kept."""
    row = {"template_id": template_id, "version": version, "content": content, "author_id": user_id}
    uow.execute(insert(template_versions).values(**row, created_at=uow.now))
    unused = select(_VERSIONS.version).where(_VERSIONS.template_id == template_id, _VERSIONS.is_used.is_(False))
    oldest = uow.first(unused.order_by(_VERSIONS.version.desc()).offset(MAX_VERSIONS - 1).limit(1))
    if oldest:
        _forget(uow, template_id, _VERSIONS.version < oldest.version)


def keep_used(uow: UnitOfWork, use: wire.TemplateUse) -> None:
    """A message is read with this version for as long as there is the message's room."""
    here = (_VERSIONS.template_id == use.id, _VERSIONS.version == use.version, _VERSIONS.is_used.is_(False))
    uow.execute(update(template_versions).where(*here).values(is_used=True))


def delete_stored(uow: UnitOfWork, template_id: str) -> None:
    """Takes a template away; what messages were sent with stays for reading these."""
    _forget(uow, template_id)
    if uow.first(select(_VERSIONS.version).where(_VERSIONS.template_id == template_id).limit(1)):
        uow.execute(update(templates).where(templates.c.id == template_id).values(deleted_at=uow.now))
    else:
        uow.execute(delete(templates).where(templates.c.id == template_id))


def _forget(uow: UnitOfWork, template_id: str, *which: Any) -> None:
    unused = (_VERSIONS.template_id == template_id, _VERSIONS.is_used.is_(False))
    uow.execute(delete(template_versions).where(*unused, *which))
