"""Templates: what a message is put into before a model reads it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chat.wire.sampling import GenerationOptions
from chat.wire.types import Id, In, ModelName, Out

# By the names of the template's variables, which say what each of them may be.
Variables = Annotated[dict[Id, Any], Field(max_length=50)]
_Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Kind = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,39})?$")]
_Line = Annotated[str, StringConstraints(min_length=1, max_length=80)]
_Subject = Annotated[str, StringConstraints(max_length=100)]
_Source = Annotated[str, StringConstraints(max_length=20_000)]


class TemplateVariable(Out):
    """Something to fill in beside the message; sent as it is shown. `default` is text, `yes` or `no` for a switch."""

    model_config = ConfigDict(strict=True)

    name: _Word
    label: _Line
    type: Literal["text", "longtext", "choice", "number", "switch"] = "text"
    required: bool = False
    default: Annotated[str, StringConstraints(max_length=200)] = ""
    choices: Annotated[list[_Line], Field(max_length=50)] = []


class _TemplateFields(BaseModel):
    title: _Line
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    kind: _Kind = ""
    domain: _Subject = ""
    placeholder: Annotated[str, StringConstraints(max_length=80)] = ""
    body: _Source
    system: _Source = ""
    output: Annotated[str, StringConstraints(max_length=2_000)] = ""
    variables: Annotated[list[TemplateVariable], Field(max_length=20)] = []
    options: GenerationOptions = GenerationOptions()
    model: ModelName | None = None


class TemplateContent(_TemplateFields, In):
    """`body` is what the model is asked, `system` what it is told before, `output` how it is to answer.

    All three name variables as `{{ name }}`; the message itself is `{{ content }}`, and `placeholder` says what to
    write there. `kind` is what `metadata.type` may ask for, `domain` what it is about. `options` and `model` are used
    where whoever asks chooses none.
    """


class CreateTemplate(TemplateContent):
    """For everybody in `room`, else for oneself."""

    room: Id | None = None


class ChangeTemplate(TemplateContent):
    """`version` is the one that was changed: if there is a newer one by now, nothing is overwritten."""

    version: Annotated[int, Field(ge=1, le=2**31)] | None = None


class CheckTemplate(In):
    """A template that is being written, and what would be filled in."""

    template: TemplateContent
    content: Annotated[str, StringConstraints(max_length=20_000)] = ""
    variables: Variables = {}


class RequestMetadata(In):
    """What a question says of itself: `domain` is its subject; `type` its kind, which chooses a template if none is."""

    domain: _Subject | None = None
    type: _Subject | None = None


class Templated(In):
    """What can be put into a template."""

    template: Id | None = None
    variables: Variables | None = None
    metadata: RequestMetadata | None = None


class Template(_TemplateFields, Out):
    """A template as one person sees it; `version` counts its changes. `updated_by` is a name."""

    id: str
    scope: Literal["built_in", "room", "own"]
    room: str | None = None
    version: int = 1
    updated_at: str | None = None
    updated_by: str | None = None
    can_change: bool = False


class TemplatesAnswer(Out):
    templates: list[Template]


class TemplateAnswer(Out):
    template: Template


class TemplateVersion(Out):
    """How a template was from `at` on."""

    version: int
    title: str
    at: str
    by: str | None = None


class TemplateVersionsAnswer(Out):
    versions: list[TemplateVersion]


class RenderedTemplate(Out):
    """What a model would be told and asked."""

    system: str
    prompt: str


class FilledVariable(Out):
    name: str
    label: str
    value: str


class TemplateUse(Out):
    """The template that a message was put into, in which version, and what was filled in.

    `domain` is what the request said it is about, where the template has no variable for that.
    """

    id: str
    title: str
    version: int = 1
    variables: list[FilledVariable] = []
    domain: str = ""
