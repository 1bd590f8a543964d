"""Where models run: one backend of `LLM_BACKENDS`."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

BackendKind = Literal["auto", "ollama", "lmstudio", "lmstudio-v0", "llama", "llama-router", "openai"]
RESERVED = ("embedded", "embedder", "scripted")  # the names of the backends that are not reached over HTTP


def is_web_address(value: str) -> bool:
    """Whether it is a whole http or https URL."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as http://[ or a port that is no number
        return False


def _url(value: str) -> str:
    if not is_web_address(value):
        raise ValueError("not an http:// or https:// URL")
    return value.rstrip("/")


class BackendSetting(BaseModel):
    """`auto` finds out what it is. `models` are offered alone, and where the server lists none. `parallel` is how many
    answers it writes at once: None for what it says itself, and `LLM_PARALLEL` where it says nothing."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    url: Annotated[str, AfterValidator(_url)]
    kind: BackendKind = "auto"
    key: Annotated[str, Field(repr=False)] = ""
    models: tuple[str, ...] = ()
    parallel: Annotated[int, Field(ge=1, le=64)] | None = None


_LIST = TypeAdapter(list[BackendSetting])


def parse_backends(text: str) -> tuple[BackendSetting, ...]:
    """A JSON list of objects with these fields. Raises `ValueError` with what is wrong, in words."""
    try:
        found = _LIST.validate_json(text)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False, include_context=False)[0]
        where = " ".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}".removeprefix(": ")) from None
    names = [backend.name for backend in found]
    for name in names:
        if name in RESERVED or names.count(name) > 1:
            raise ValueError(f"the name {name!r} is taken")
    return tuple(found)
