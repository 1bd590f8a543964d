"""Templates: checked when they are made, filled in by people, rendered for a model.

A template is a text with holes and conditions, and nothing else: no loops, no calls, no attributes, no arithmetic. So
it can reach nothing, and takes no longer than its output is long, which is bounded. What people fill in is never looked
at as a template.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chat import wire
from chat.domain.text import clean_line, parse_text
from chat.errors import InvalidInput, TooLarge

MAX_RENDERED_CHARS = 1_000_000
MAX_LINE_CHARS = 200
MAX_TEXT_CHARS = 16_000
_MOST = 1e15  # what lies beyond is no longer written as it was given
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
    *(nodes.If, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)
_MESSAGE = "content"


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    for known in (environment.globals, environment.filters, environment.tests):
        known.clear()
    return environment


_ENVIRONMENT = _environment()


class BadTemplate(ValueError):
    """A template that cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Rendered:
    system: str
    prompt: str


def check_template(template: wire.Template) -> None:
    """Raises `BadTemplate` unless the template can be rendered for whatever people fill in."""
    names = [variable.name for variable in template.variables]
    if len({*names, _MESSAGE}) != len(names) + 1:
        raise BadTemplate(f"{template.id}: two variables have one name, or one is called “{_MESSAGE}”.")
    for variable in template.variables:
        _check_variable(template, variable)
    body = _names_in(template.id, template.body)
    if _MESSAGE not in body:
        raise BadTemplate(f"{template.id}: the body does not have the message, {{{{ {_MESSAGE} }}}}.")
    if unknown := (body | _names_in(template.id, template.system)) - {*names, _MESSAGE}:
        raise BadTemplate(f"{template.id}: no variable is called {', '.join(sorted(unknown))}.")


def _check_variable(template: wire.Template, variable: wire.TemplateVariable) -> None:
    if (variable.type == "choice") != bool(variable.choices):
        raise BadTemplate(f"{template.id}: {variable.name} needs choices, and to be a choice.")
    if variable.default and _wrong(variable, _typed(variable, variable.default)):
        raise BadTemplate(f"{template.id}: the default of {variable.name} may not be filled in.")


def _typed(variable: wire.TemplateVariable, text: str) -> Any:
    try:
        return float(text) if variable.type == "number" else text
    except ValueError:
        return text


def _names_in(template_id: str, source: str) -> set[str]:
    try:
        found = list(_ENVIRONMENT.parse(source).find_all(nodes.Node))
        for node in found:
            if not isinstance(node, _ALLOWED):
                raise BadTemplate(f"{template_id}: a template has no {type(node).__name__}, only names and conditions.")
        _compiled(source)
    except (jinja2.TemplateError, SyntaxError, RecursionError) as problem:
        raise BadTemplate(f"{template_id}: {problem}") from problem
    return {node.name for node in found if isinstance(node, nodes.Name)}


def fill(template: wire.Template, given: dict[str, Any]) -> wire.TemplateUse:
    """What somebody fills in, as it is kept. Raises `InvalidInput` that names the variable at fault."""
    known = {variable.name for variable in template.variables}
    for name in given:
        if name not in known:
            raise _at_fault(name, f"The template “{template.title}” has no variable “{clean_line(name)}”.")
    filled = [_filled(variable, given.get(variable.name)) for variable in template.variables]
    return wire.TemplateUse(id=template.id, title=template.title, variables=[f for f in filled if f.value])


def _filled(variable: wire.TemplateVariable, value: Any) -> wire.FilledVariable:
    if value is not None and (wrong := _wrong(variable, value)):
        raise _at_fault(variable.name, f"“{variable.label}” {wrong}.")
    text = ("" if value is None else _as_text(variable, value)) or variable.default
    if not text and variable.required:
        raise _at_fault(variable.name, f"“{variable.label}” is missing. Fill it in.")
    return wire.FilledVariable(name=variable.name, label=variable.label, value=text)


def _wrong(variable: wire.TemplateVariable, value: Any) -> str | None:
    """What the value must be and is not; None if it is."""
    if variable.type == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number and abs(value) < _MOST else "must be a number"
    if not isinstance(value, str):
        return "must be a text"
    if variable.type == "choice" and value not in ("", *variable.choices):
        return f"must be one of {', '.join(variable.choices)}"
    most = MAX_TEXT_CHARS if variable.type == "longtext" else MAX_LINE_CHARS
    return None if len(value) <= most else f"has {len(value):,} characters; the most is {most:,}"


def _as_text(variable: wire.TemplateVariable, value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if variable.type != "longtext":
        return clean_line(str(value))
    return parse_text(value, MAX_TEXT_CHARS, field=_field(variable.name)) if value.strip() else ""


def _at_fault(name: str, message: str) -> InvalidInput:
    return InvalidInput(message, field=_field(name))


def _field(name: str) -> str:
    return f"variables.{clean_line(name)[:64]}"


def render(template: wire.Template, content: str, use: wire.TemplateUse) -> Rendered:
    """What a model is told and asked. Raises `TooLarge`."""
    kept = {variable.name: variable.value for variable in use.variables}
    # The template may have been changed since: what it has now and nobody filled in has its default.
    values = {variable.name: kept.get(variable.name, variable.default) for variable in template.variables}
    values[_MESSAGE] = content
    return Rendered(_rendered(template.system, values), _rendered(template.body, values))


def _rendered(source: str, values: dict[str, str]) -> str:
    pieces: list[str] = []
    left = MAX_RENDERED_CHARS
    for piece in _compiled(source).generate(values):
        left -= len(piece)
        if left < 0:
            raise TooLarge("The template makes too long a text of this. Shorten the message.", field="content")
        pieces.append(piece)
    return "".join(pieces).strip()


@lru_cache(maxsize=256)
def _compiled(source: str) -> jinja2.Template:
    return _ENVIRONMENT.from_string(source)
