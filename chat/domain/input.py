"""Checks what came in against its wire model."""

from typing import Any, TypeVar

from pydantic import ValidationError

from chat import wire
from chat.errors import InvalidInput

M = TypeVar("M", bound=wire.In)


def parse_input(model: type[M], data: Any) -> M:
    """`data` as a wire model. Raises `InvalidInput` that names the first wrong field, without repeating its value."""
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    raise InvalidInput(f"{where or 'The body'}: {first['msg']}.", field=where or None)
