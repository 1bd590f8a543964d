"""The templates that come with the server, for everybody: files, of which each version is stored."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, update

from chat import wire
from chat.db.lock_order import BUILT_IN_TEMPLATES
from chat.db.tables import templates
from chat.db.unit_of_work import Database, Reader
from chat.domain.templates import check_template
from chat.services.stored_templates import add_version, find_stored, of_server

_FOLDER = Path(__file__).parent / "built_in_templates"


@cache
def built_in_templates() -> Mapping[str, wire.Template]:
    """The files, by id. Raises `InvalidInput` or pydantic's `ValidationError` for a file that is no template."""
    found = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        template = wire.Template(id=file.stem, scope="built_in", **tomllib.loads(file.read_text(encoding="utf-8")))
        check_template(template)
        found[template.id] = template
    if not found:
        raise FileNotFoundError(f"There are no templates in {_FOLDER}.")
    return found


def store_built_in(db: Database, shipped: Mapping[str, wire.Template]) -> None:
    """At the start: what is other than it was becomes the newest version, beside those that messages were sent with."""
    with db.write() as uow:
        uow.alone(BUILT_IN_TEMPLATES)  # of several processes that start at once one is first
        for template in shipped.values():
            content = wire.TemplateContent(**template.model_dump(include=set(wire.TemplateContent.model_fields)))
            row = find_stored(uow, template.id)
            if row and wire.TemplateContent(**row.content) == content:
                continue
            newest = {"version": row.version + 1 if row else 1, "updated_at": uow.now}
            if row:
                uow.execute(update(templates).where(templates.c.id == template.id).values(newest))
            else:
                uow.execute(insert(templates).values(id=template.id, **newest))
            add_version(uow, template.id, newest["version"], content.model_dump(), None)


def list_built_in(tx: Reader) -> list[wire.Template]:
    """In the version that is in force: the stored one, or before anything was stored the file."""
    stored = {row.id: row for row in tx.all(of_server())}
    return [_in_force(template, stored.get(template.id)) for template in built_in_templates().values()]


def find_built_in(tx: Reader, template_id: str) -> wire.Template | None:
    template = built_in_templates().get(template_id)
    return _in_force(template, find_stored(tx, template_id)) if template else None


def _in_force(template: wire.Template, row: Row[Any] | None) -> wire.Template:
    return wire.Template(**row.content, id=row.id, scope="built_in", version=row.version) if row else template
