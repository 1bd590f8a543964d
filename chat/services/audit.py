"""The audit log: who did what. Written in the unit of work that does it, so that neither is stored without the other.

Never the text of a message, a password, a key or a token.
"""

from sqlalchemy import insert, or_, select

from chat import wire
from chat.acting import who_acts
from chat.db.ids import iso, new_id
from chat.db.tables import audit
from chat.db.unit_of_work import Database, Reader, UnitOfWork

PAGE = 50
PAGE_MAX = 200


def note(
    uow: UnitOfWork,
    action: wire.AuditAction,
    target: str | None = None,
    name: str = "",
    detail: str = "",
    by: wire.User | None = None,
) -> None:
    """What whoever acts does to `target` (an id), which is called `name` now. `by` is for who has just signed in."""
    actor = who_acts()
    uow.execute(
        insert(audit).values(
            id=new_id(),
            action=action,
            actor_id=by.id if by else actor.id,
            actor_username=by.username if by else actor.username,
            actor_name=by.display_name if by else actor.name,
            address=actor.address,
            target_id=target,
            target_name=name[:200],
            detail=detail[:200],
            created_at=uow.now,
        )
    )


def note_alone(db: Database, action: wire.AuditAction, name: str = "", detail: str = "") -> None:
    """What is stored nowhere else: something that was done to a model, a look at the log."""
    with db.write() as uow:
        note(uow, action, name=name, detail=detail)


def list_audit(
    tx: Reader,
    *,
    action: str | None = None,
    person: str | None = None,
    before: str | None = None,
    limit: int = PAGE,
) -> wire.AuditPage:
    """The newest first. `person` is a user name: what they did, and what was done to them."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit + 1)
    if action:
        query = query.where(audit.c.action == action)
    if person:
        name = person.lower().lstrip("@")
        query = query.where(or_(audit.c.actor_username == name, audit.c.target_name == name))
    if before:
        query = query.where(audit.c.id < before)
    rows = tx.all(query)
    names = (
        "id",
        "action",
        "actor_id",
        "actor_username",
        "actor_name",
        "address",
        "target_id",
        "target_name",
        "detail",
    )
    entries = [
        wire.AuditEntry(at=iso(row.created_at), **{name: getattr(row, name) for name in names}) for row in rows[:limit]
    ]
    return wire.AuditPage(entries=entries, next=entries[-1].id if len(rows) > limit else None)
