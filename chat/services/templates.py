"""Templates as they are used: which ones somebody has, and how a message is put into one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from chat import wire
from chat.db.unit_of_work import Reader
from chat.domain.templates import Rendered, fill, render
from chat.domain.text import clean_line
from chat.errors import InvalidInput
from chat.services.access import may_in_room
from chat.services.shipped_templates import built_in_templates, find_built_in, list_built_in
from chat.services.stored_templates import find_content, find_stored, of_kind, of_person, of_room, view_of


@dataclass(frozen=True, slots=True)
class Used:
    """A template, and what is kept of it with a message."""

    template: wire.Template
    use: wire.TemplateUse


def list_templates(
    tx: Reader, user_id: str, room_id: str | None = None, kind: str | None = None
) -> list[wire.Template]:
    """Those that somebody may use in a room, or (None) outside of any: the room's, their own, the built-in ones.

    Each of them by title; with a `kind` only those of it.
    """
    shared: list[wire.Template] = []
    if room_id:
        can_change = may_in_room(tx, user_id, room_id, "change")
        shared += (view_of(row, can_change=can_change) for row in tx.all(of_kind(of_room(room_id), kind)))
    own = [view_of(row, can_change=True) for row in tx.all(of_kind(of_person(user_id), kind))]
    built_in = [one for one in list_built_in(tx) if kind in (None, one.kind)]
    return [one for some in (shared, own, built_in) for one in sorted(some, key=lambda one: one.title.casefold())]


def find_template(tx: Reader, user_id: str, template_id: str, room_id: str | None = None) -> wire.Template | None:
    """As somebody may use it in a room, or (None) outside of any; None also for one that is somebody else's.

    A room's template is used in that room alone, and outside of rooms by its members.
    """
    if built_in := find_built_in(tx, template_id):
        return built_in
    row = find_stored(tx, template_id)
    if row is None or not _may_use(tx, user_id, row, room_id):
        return None
    return view_of(row, can_change=row.owner_id == user_id or may_in_room(tx, user_id, row.room_id, "change"))


def _may_use(tx: Reader, user_id: str, row: Row[Any], room_id: str | None) -> bool:
    if row.room_id is None:
        return bool(row.owner_id == user_id)
    return room_id in (None, row.room_id) and may_in_room(tx, user_id, row.room_id, "read")


def require_use(
    tx: Reader, user_id: str, asked: wire.Templated, content: str, room_id: str | None = None
) -> Used | None:
    """How a message is put into the template that it asks for, None if it asks for none.

    Raises `InvalidInput` for a template or a variable that there is not, or that is not filled in as it must be.
    """
    metadata = asked.metadata or wire.RequestMetadata()
    if asked.template is not None:
        template = find_template(tx, user_id, asked.template, room_id)
        if template is None:
            raise _missing()
    else:
        template = _of_kind(tx, user_id, metadata, room_id)
        metadata = metadata.model_copy(update={"type": None})
    if template is None:
        if asked.variables:
            raise InvalidInput("Variables are those of a template. Say which one.", field="template")
        return None
    return _used(template, {**_said(template, metadata), **(asked.variables or {})}, content, metadata.domain or "")


def require_shared_use(tx: Reader, template_id: str, content: str, room_id: str | None) -> Used:
    """As `require_use`, for what belongs to nobody (an agent): a built-in template or one of this room, as it is."""
    template = find_built_in(tx, template_id)
    row = None if template or room_id is None else find_stored(tx, template_id)
    if row and row.room_id == room_id:
        template = view_of(row, can_change=False)
    if template is None:
        raise _missing()
    return _used(template, {}, content)


def _used(template: wire.Template, variables: dict[str, Any], content: str, domain: str = "") -> Used:
    filled = fill(template, variables)
    has_domain = any(variable.name == "domain" for variable in template.variables)
    domain = "" if has_domain else clean_line(domain)
    render(template, content, filled, domain)  # raises now what would else fail only when the model is asked
    names = {"id": template.id, "title": template.title, "version": template.version}
    return Used(template, wire.TemplateUse(**names, variables=filled, domain=domain))


def _missing() -> InvalidInput:
    return InvalidInput("There is no such template here. GET /api/templates lists them.", field="template")


def _of_kind(tx: Reader, user_id: str, metadata: wire.RequestMetadata, room_id: str | None) -> wire.Template | None:
    """The first one of the kind that a request calls its type, those about its subject before the others."""
    if not metadata.type:
        return None
    found = list_templates(tx, user_id, room_id, metadata.type)
    domain = (metadata.domain or "").casefold()
    return min(found, key=lambda one: one.domain.casefold() != domain, default=None)


def _said(template: wire.Template, metadata: wire.RequestMetadata) -> dict[str, Any]:
    known = {variable.name for variable in template.variables}
    return metadata.model_dump(include=known, exclude_none=True)


def options_for(template: wire.Template | None, chosen: wire.GenerationOptions | None) -> dict[str, Any]:
    """What was chosen, and where nothing was, what the template says."""
    said = [options.model_dump(exclude_none=True) for options in (template and template.options, chosen) if options]
    return {name: value for options in said for name, value in options.items()}


def rendered(tx: Reader, use: wire.TemplateUse, content: str) -> Rendered:
    """What a model is told and asked by a message, as of the version it was sent with.

    Without its template (a built-in one that was gone before its versions were stored) the message itself.
    """
    template = find_content(tx, use.id, use.version) or built_in_templates().get(use.id)
    return render(template, content, use.variables, use.domain) if template else Rendered("", content)


def key_of(use: wire.TemplateUse | None) -> str | None:
    """What tells questions through different templates apart, beside their text."""
    return f"{use.id}@{use.version}" if use else None
