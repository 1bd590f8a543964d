"""The templates that there are: those that come with the server, for everybody."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chat import wire
from chat.domain.templates import BadTemplate, Rendered, check_template, fill, render
from chat.errors import InvalidInput

_FOLDER = Path(__file__).parent / "built_in_templates"


@cache
def built_in_templates() -> Mapping[str, wire.Template]:
    """By id. Raises `BadTemplate` or pydantic's `ValidationError` for a file that is none."""
    found = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        template = wire.Template(id=file.stem, **tomllib.loads(file.read_text(encoding="utf-8")))
        check_template(template)
        found[template.id] = template
    if not found:
        raise BadTemplate(f"There are no templates in {_FOLDER}.")
    return found


def list_templates() -> list[wire.Template]:
    """By title."""
    return sorted(built_in_templates().values(), key=lambda template: template.title)


def find_template(template_id: str) -> wire.Template | None:
    return built_in_templates().get(template_id)


def get_template(template_id: str) -> wire.Template:
    """Raises `InvalidInput`: it is a field of what somebody sends."""
    template = find_template(template_id)
    if template is None:
        raise InvalidInput("There is no such template. GET /api/templates lists them.", field="template")
    return template


def require_use(template_id: str | None, variables: dict[str, Any] | None, content: str) -> wire.TemplateUse | None:
    """How a message is put into a template, None without one.

    Raises `InvalidInput` for a template or a variable that there is not, or that is not filled in as it must be.
    """
    if template_id is None:
        if variables:
            raise InvalidInput("Variables are those of a template. Say which one.", field="template")
        return None
    template = get_template(template_id)
    use = fill(template, variables or {})
    render(template, content, use)  # raises now what would else fail only when the model is asked
    return use


def options_for(template: wire.Template | None, chosen: wire.GenerationOptions | None) -> dict[str, Any]:
    """What was chosen, and where nothing was, what the template says."""
    said = [options.model_dump(exclude_none=True) for options in (template and template.options, chosen) if options]
    return {name: value for options in said for name, value in options.items()}


def rendered(use: wire.TemplateUse, content: str) -> Rendered:
    """What a model is told and asked by a message. Without its template, the message itself."""
    template = find_template(use.id)
    return render(template, content, use) if template else Rendered("", content)


def with_metadata(ask: wire.LlmRequest) -> dict[str, Any] | None:
    """The variables of a request; what it says of itself fills those of the same names, where there are any."""
    template = find_template(ask.template) if ask.template else None
    if template is None or ask.metadata is None:
        return ask.variables
    known = {variable.name for variable in template.variables}
    said = ask.metadata.model_dump(include=known, exclude_none=True)
    return {**said, **(ask.variables or {})}
