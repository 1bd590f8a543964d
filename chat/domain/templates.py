"""Templates: checked when they are made, filled in by people, rendered for a model.

A template is a text with holes and conditions, and nothing else: no loops, no calls, no attributes, no arithmetic. So
it can reach nothing, and takes no longer than its output is long, which is bounded. What people fill in is never looked
at as a template.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chat import wire
from chat.domain.text import clean_line, parse_text
from chat.errors import InvalidInput, TooLarge

MAX_RENDERED_CHARS = 1_000_000
MAX_LINE_CHARS = 200
MAX_PARTS = 300  # names and conditions of one text: to read and compile them takes a tenth of a second at most
MAX_TEXT_CHARS = 16_000
MAX_FILLED_CHARS = 64_000  # of all variables: they go along with the message to everybody in the room
_MOST = 1e15  # what lies beyond is no longer written as it was given
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
    *(nodes.If, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)
_MESSAGE = "content"
_OWN_NAME = "self"  # which means the template in Jinja, whatever is filled in
_ON, _OFF = "yes", "no"


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False
    )
    for known in (environment.globals, environment.filters, environment.tests):
        known.clear()
    return environment


_ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Rendered:
    system: str
    prompt: str


class TemplateLike(Protocol):
    """What is needed to fill a template in, whether it is stored or only being written."""

    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def system(self) -> str: ...
    @property
    def output(self) -> str: ...
    @property
    def variables(self) -> list[wire.TemplateVariable]: ...


def check_template(template: TemplateLike) -> None:
    """Raises `InvalidInput`, with the line at fault, unless it can be rendered for whatever people fill in."""
    names: set[str] = set()
    for variable in template.variables:
        if variable.name in names or variable.name == _MESSAGE:
            raise _at_fault(variable.name, f"Two variables are called “{variable.name}”. Give this one another name.")
        if variable.name == _OWN_NAME:
            raise _at_fault(variable.name, f"A variable cannot be called “{_OWN_NAME}”. Give it another name.")
        names.add(variable.name)
        _check_variable(variable)
    found = {part: _names_in(part, getattr(template, part)) for part in ("body", "system", "output")}
    for part, lines in found.items():
        for name, line in lines.items():
            if name not in names and name != _MESSAGE:
                raise InvalidInput(f"Line {line}: no variable is called “{name}”. Add it, or correct it.", field=part)
    if _MESSAGE not in found["body"]:
        raise InvalidInput(f"Say where the message goes: write {{{{ {_MESSAGE} }}}} there.", field="body")


def _check_variable(variable: wire.TemplateVariable) -> None:
    if (variable.type == "choice") != bool(variable.choices):
        wrong = "has nothing to choose from" if variable.type == "choice" else "has choices, but is none"
        raise _at_fault(variable.name, f"“{variable.label}” {wrong}.")
    if variable.default and (fault := _wrong(variable, _typed(variable, variable.default))):
        raise _at_fault(variable.name, f"The default of “{variable.label}” {fault}.")


def _typed(variable: wire.TemplateVariable, text: str) -> Any:
    if variable.type == "switch":
        return {_ON: True, _OFF: False}.get(text, text)
    try:
        return float(text) if variable.type == "number" else text
    except ValueError:
        return text


def _names_in(part: str, source: str) -> dict[str, int]:
    """The names that stand in a text, and the first line of each."""
    try:
        found = list(_ENVIRONMENT.parse(source).find_all(nodes.Node))
        _require_plain(part, found)
        _compiled(source)
    except jinja2.TemplateSyntaxError as problem:
        raise InvalidInput(f"Line {problem.lineno}: {problem.message}", field=part) from None
    except ValueError:  # from Python, for one of thousands of digits
        raise InvalidInput("There is a number here that is far too long. Take it out.", field=part) from None
    except (jinja2.TemplateError, SyntaxError, RecursionError, MemoryError):
        raise InvalidInput("Too many conditions lie in one another here. Take some out.", field=part) from None
    lines: dict[str, int] = {}
    for node in found:
        if isinstance(node, nodes.Name):
            lines[node.name] = min(node.lineno, lines.get(node.name, node.lineno))
    return lines


def _require_plain(part: str, found: list[nodes.Node]) -> None:
    for node in found:
        if refused := _refused(node):
            raise InvalidInput(f"Line {node.lineno}: {refused}", field=part)
    if sum(not isinstance(node, nodes.TemplateData | nodes.Output) for node in found) > MAX_PARTS:
        raise InvalidInput(f"There are more than {MAX_PARTS} names and conditions here. Take some out.", field=part)


def _refused(node: nodes.Node) -> str | None:
    """Why this may not stand in a template; None if it may."""
    if not isinstance(node, _ALLOWED):
        return f"a template has no {type(node).__name__.lower()}, only names and conditions."
    if isinstance(node, nodes.Operand) and node.op not in ("eq", "ne"):
        return "compare with == or !=; what people fill in is text."
    if isinstance(node, nodes.Const) and not isinstance(node.value, str):
        return f"write '{node.value}' with quotes; what people fill in is text."
    return None


def fill(template: TemplateLike, given: dict[str, Any]) -> list[wire.FilledVariable]:
    """What somebody fills in, as it is kept. Raises `InvalidInput` that names the variable at fault."""
    known = {variable.name for variable in template.variables}
    for name in given:
        if name not in known:
            raise _at_fault(name, f"The template “{template.title}” has no variable “{clean_line(name)}”.")
    filled = [_filled(variable, given.get(variable.name)) for variable in template.variables]
    if (total := sum(len(variable.value) for variable in filled)) > MAX_FILLED_CHARS:
        message = f"What is filled in has {total:,} characters altogether; the most is {MAX_FILLED_CHARS:,}."
        raise TooLarge(f"{message} Shorten it.", field="variables")
    return [variable for variable in filled if variable.value]


def _filled(variable: wire.TemplateVariable, value: Any) -> wire.FilledVariable:
    if value is not None and (wrong := _wrong(variable, value)):
        raise _at_fault(variable.name, f"“{variable.label}” {wrong}.")
    text = ("" if value is None else _as_text(variable, value)) or variable.default
    if variable.type == "switch":
        text = text or _OFF
    if not text and variable.required:
        raise _at_fault(variable.name, f"“{variable.label}” is missing. Fill it in.")
    return wire.FilledVariable(name=variable.name, label=variable.label, value=text)


def _wrong(variable: wire.TemplateVariable, value: Any) -> str | None:
    """What the value must be and is not; None if it is."""
    if variable.type == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number and abs(value) < _MOST else "must be a number"
    if variable.type == "switch":
        return None if isinstance(value, bool) else "must be true or false"
    if not isinstance(value, str):
        return "must be a text"
    if variable.type == "choice" and value not in ("", *variable.choices):
        return f"must be one of {', '.join(variable.choices)}"
    most = MAX_TEXT_CHARS if variable.type == "longtext" else MAX_LINE_CHARS
    return None if len(value) <= most else f"has {len(value):,} characters; the most is {most:,}"


def _as_text(variable: wire.TemplateVariable, value: Any) -> str:
    if isinstance(value, bool):
        return _ON if value else _OFF
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if variable.type != "longtext":
        return clean_line(str(value))
    return parse_text(value, MAX_TEXT_CHARS, field=_field(variable.name)) if value.strip() else ""


def _at_fault(name: str, message: str) -> InvalidInput:
    return InvalidInput(message, field=_field(name))


def _field(name: str) -> str:
    return f"variables.{clean_line(name)[:64]}"


def render(template: TemplateLike, content: str, filled: list[wire.FilledVariable], domain: str = "") -> Rendered:
    """What a model is told and asked; `domain` is told where the template does not ask for it. Raises `TooLarge`."""
    kept = {variable.name: variable.value for variable in filled}
    # A built-in one may have been changed since: what it has now and nobody filled in has its default.
    values = {variable.name: kept.get(variable.name, variable.default) for variable in template.variables}
    for variable in template.variables:
        if variable.type == "switch" and values[variable.name] == _OFF:
            values[variable.name] = ""
    values[_MESSAGE] = content
    told = [
        _rendered(template.system, values),
        f"The subject: {domain}." if domain else "",
        _rendered(template.output, values),
    ]
    return Rendered("\n\n".join(filter(None, told)), _rendered(template.body, values))


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
