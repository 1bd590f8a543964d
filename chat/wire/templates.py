"""Templates: what a message is put into before a model reads it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chat.wire.inputs import GenerationOptions
from chat.wire.types import Out

_Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Line = Annotated[str, StringConstraints(min_length=1, max_length=80)]
_Source = Annotated[str, StringConstraints(max_length=20_000)]


class TemplateVariable(Out):
    """Something to fill in beside the message. `default` is text for every type; `choices` are those of a choice."""

    name: _Word
    label: _Line
    type: Literal["text", "longtext", "choice", "number"] = "text"
    required: bool = False
    default: Annotated[str, StringConstraints(max_length=200)] = ""
    choices: Annotated[list[_Line], Field(max_length=50)] = []


class Template(Out):
    """`body` is what the model is asked, `system` what it is told before; both name variables as `{{ name }}`.

    The message itself is `{{ content }}`, and `placeholder` says what to write there. `options` and `model` are used
    where whoever asks chooses none.
    """

    id: _Word
    title: _Line
    description: Annotated[str, StringConstraints(max_length=200)]
    kind: Literal["analysis", "writing", "code", "ideas"]
    placeholder: Annotated[str, StringConstraints(max_length=80)] = ""
    body: _Source
    system: _Source = ""
    variables: Annotated[list[TemplateVariable], Field(max_length=20)] = []
    options: GenerationOptions = GenerationOptions()
    model: str | None = None


class TemplatesAnswer(Out):
    templates: list[Template]


class FilledVariable(Out):
    name: str
    label: str
    value: str


class TemplateUse(Out):
    """The template that a message was put into, as it was then, and what was filled in."""

    id: str
    title: str
    variables: list[FilledVariable] = []
