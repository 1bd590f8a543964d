"""Checks what came in against its wire model."""

from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chat import wire
from chat.errors import InvalidInput

M = TypeVar("M", bound=wire.In)


def parse_input(model: type[M], data: Any) -> M:
    """`data` as a wire model. Raises `InvalidInput` that names the first wrong field, without repeating its value."""
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        where, message = _first(problem.errors(include_input=False, include_url=False, include_context=False))
    raise InvalidInput(f"{where or 'The body'}: {message}.", field=where or None)


def _first(errors: list[ErrorDetails]) -> tuple[str, str]:
    """The first wrong field and what is wrong. Of several types that it may have, the one that fits furthest counts."""
    told = [(_place(error), error["msg"]) for error in errors]
    place = told[0][0]
    within, message = max((t for t in told if t[0][: len(place)] == place), key=lambda t: len(t[0]))
    return ".".join(map(str, within)), message


def _place(error: ErrorDetails) -> tuple[int | str, ...]:
    """Without the names of types that were tried, such as `list[constrained-str]`."""
    names = ("str", "int", "float", "bool")
    return tuple(part for part in error["loc"] if isinstance(part, int) or (part.isidentifier() and part not in names))
