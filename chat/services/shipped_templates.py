"""The templates that come with the server, for everybody."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chat import wire
from chat.domain.templates import check_template

_FOLDER = Path(__file__).parent / "built_in_templates"


@cache
def built_in_templates() -> Mapping[str, wire.Template]:
    """By id. Raises `InvalidInput` or pydantic's `ValidationError` for a file that is no template."""
    found = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        template = wire.Template(id=file.stem, scope="built_in", **tomllib.loads(file.read_text(encoding="utf-8")))
        check_template(template)
        found[template.id] = template
    if not found:
        raise FileNotFoundError(f"There are no templates in {_FOLDER}.")
    return found
