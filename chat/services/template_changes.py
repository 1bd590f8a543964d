"""Making, changing and deleting templates: those of a room by its owners, one's own by oneself."""

from typing import Any

import orjson
from sqlalchemy import Row, insert, update

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import templates
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.templates import Rendered, check_template, fill, render
from chat.domain.text import clean_line, parse_line, parse_source
from chat.errors import Conflict, NotAllowed, NotFound, TooLarge
from chat.events import TemplatesChanged
from chat.services.access import require_room
from chat.services.audit import note
from chat.services.shipped_templates import built_in_templates
from chat.services.stored_templates import (
    add_version,
    delete_stored,
    find_content,
    find_stored,
    list_stored_versions,
    of_person,
    of_room,
    sizes_of,
    view_of,
)
from chat.services.templates import find_template

MAX_TEMPLATES = 100  # of one room, and of one person
MAX_CHARS = 1_000_000  # of all of them together


def create_template(db: Database, user_id: str, asked: wire.CreateTemplate) -> wire.Template:
    """Raises `Conflict` where there are as many as there may be."""
    content = parse_content(asked)
    with db.write() as uow:
        room_id = require_room(uow, user_id, asked.room, "change").id if asked.room else None
        _require_place(uow, room_id, user_id, content)
        place = {"room_id": room_id, "owner_id": None if room_id else user_id}
        template_id = new_id()
        uow.execute(insert(templates).values(id=template_id, version=1, updated_at=uow.now, **place))
        add_version(uow, template_id, 1, content, user_id)
        return _announce(uow, template_id, user_id, f"made “{content['title']}”")


def change_template(db: Database, user_id: str, template_id: str, asked: wire.ChangeTemplate) -> wire.Template:
    """Adds a version; the same content changes nothing.

    Raises `Conflict` if `asked.version` is no longer the newest one.
    """
    content = parse_content(asked)
    with db.write() as uow:
        row = _require_change(uow, user_id, template_id)
        if asked.version not in (None, row.version):
            message = f"{row.display_name or 'Somebody'} has changed this template meanwhile. Open it again."
            raise Conflict(message, field="version")
        return _put_version(uow, row, content, user_id, f"changed “{content['title']}”")


def bring_back(db: Database, user_id: str, template_id: str, version: int) -> wire.Template:
    """Makes what a template was in an older version its newest one."""
    with db.write() as uow:
        row = _require_change(uow, user_id, template_id)
        old = find_content(uow, template_id, version)
        if old is None:
            raise NotFound("There is no such version of this template.", field="version")
        return _put_version(uow, row, old.model_dump(), user_id, f"brought version {version} of “{old.title}” back")


def delete_template(db: Database, user_id: str, template_id: str) -> None:
    """It is offered no more; messages that were sent with it are read as before."""
    with db.write() as uow:
        row = _require_change(uow, user_id, template_id)
        delete_stored(uow, template_id)
        _record(uow, row, f"deleted “{row.content['title']}”")


def get_template_view(tx: Reader, user_id: str, template_id: str) -> wire.Template:
    """Raises `NotFound`, also for one of somebody else."""
    template = find_template(tx, user_id, template_id)
    if template is None:
        raise _missing()
    return template


def list_versions(tx: Reader, user_id: str, template_id: str) -> list[wire.TemplateVersion]:
    """For whoever may use the template."""
    return list_stored_versions(tx, get_template_view(tx, user_id, template_id).id)


def get_version(tx: Reader, user_id: str, template_id: str, version: int) -> wire.Template:
    template = get_template_view(tx, user_id, template_id)
    content = find_content(tx, template.id, version)
    if content is None:
        raise NotFound("There is no such version of this template.", field="version")
    return template.model_copy(update={**dict(content), "version": version})


def check(asked: wire.CheckTemplate) -> Rendered:
    """What a model would be asked by a template that is being written. Raises `InvalidInput` as making it would."""
    content = wire.TemplateContent(**parse_content(asked.template))
    return render(content, asked.content, fill(content, asked.variables))


def parse_content(asked: wire.TemplateContent) -> dict[str, Any]:
    """A template as it is stored. Raises `InvalidInput` that names the part at fault, and its line."""
    content = asked.model_dump(include=set(wire.TemplateContent.model_fields))
    content["title"] = parse_line(content["title"], field="title")
    for part in ("description", "domain", "placeholder"):
        content[part] = clean_line(content[part])
    for part in ("body", "system", "output"):
        content[part] = parse_source(content[part], field=part)
    for number, variable in enumerate(content["variables"]):
        variable["label"] = parse_line(variable["label"], field=f"variables.{number}.label")
        default = parse_source(variable["default"], field=f"variables.{number}.default")
        variable["default"] = default if variable["type"] == "longtext" else clean_line(default)
        variable["choices"] = [parse_line(one, field=f"variables.{number}.choices") for one in variable["choices"]]
    check_template(wire.TemplateContent(**content))
    return content


def _require_place(
    tx: Reader, room_id: str | None, user_id: str, content: dict[str, Any], but: str | None = None
) -> None:
    """Whoever opens the list is sent all of them: so they are bounded, each and together."""
    sizes = sizes_of(tx, of_room(room_id) if room_id else of_person(user_id), but)
    if len(sizes) >= MAX_TEMPLATES:
        raise Conflict(f"There are {MAX_TEMPLATES} templates here, which is the most. Delete one first.")
    total = sum(sizes) + len(orjson.dumps(content))
    if total > MAX_CHARS:
        message = f"With this there would be {total:,} characters of templates here; the most is {MAX_CHARS:,}."
        raise TooLarge(f"{message} Shorten it, or delete another one.", field="body")


def _require_change(tx: Reader, user_id: str, template_id: str) -> Row[Any]:
    """Raises `NotFound` for one that the asker may not even use, `NotAllowed` for one that others look after."""
    if template_id in built_in_templates():
        raise NotAllowed("This template comes with the server. Copy it, and change the copy.", field="template")
    row = find_stored(tx, template_id)
    template = find_template(tx, user_id, template_id)
    if row is None or template is None:
        raise _missing()
    if row.room_id:
        require_room(tx, user_id, row.room_id, "change")
    return row


def _missing() -> NotFound:
    return NotFound("There is no such template, or it is somebody else’s.", field="template")


def _put_version(uow: UnitOfWork, row: Row[Any], content: dict[str, Any], user_id: str, done: str) -> wire.Template:
    if content == row.content:
        return view_of(row, can_change=True)
    _require_place(uow, row.room_id, user_id, content, but=row.id)
    add_version(uow, row.id, row.version + 1, content, user_id)
    newest = {"version": row.version + 1, "updated_at": uow.now}
    uow.execute(update(templates).where(templates.c.id == row.id).values(newest))
    return _announce(uow, row.id, user_id, done)


def _announce(uow: UnitOfWork, template_id: str, user_id: str, done: str) -> wire.Template:
    row = find_stored(uow, template_id)
    assert row
    _record(uow, row, done)
    return view_of(row, can_change=True)


def _record(uow: UnitOfWork, row: Row[Any], done: str) -> None:
    """What somebody does with their own templates is nobody else's business."""
    if row.room_id:
        note(uow, "templates_changed", row.room_id, row.room_name, done)
    uow.record(TemplatesChanged(row.room_id, row.owner_id))
