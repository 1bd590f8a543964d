"""Templates reach nothing, never run what people fill in, and say at once what is wrong with it."""

import time
from typing import Any

import pytest

from chat import wire
from chat.domain.templates import MAX_RENDERED_CHARS, BadTemplate, check_template, fill, render
from chat.errors import InvalidInput, TooLarge
from chat.services.templates import list_templates, rendered, require_use, with_metadata

PERSON = "{{ ''.__class__.__mro__ }} {% for i in range(99999999) %}x{% endfor %} {{ content }} {# gone #} {{ 7 * 7 }}"


def _template(body: str = "{{ content }}", **more: Any) -> wire.Template:
    fields = {"id": "mine", "title": "Mine", "description": "For the tests", "kind": "ideas", "body": body}
    return wire.Template(**{**fields, **more})


def _variable(**fields: Any) -> dict[str, Any]:
    return {"name": "tone", "label": "Tone", **fields}


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__ }}{{ content }}",
        "{{ content.__class__.__mro__[1].__subclasses__() }}",
        "{{ content['__class__'] }}",
        "{{ content|attr('__class__') }}",
        "{{ content|format }}",
        "{{ '{0.__class__}'.format(content) }}",
        "{{ self._TemplateReference__context }}{{ content }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}{{ content }}",
        "{{ range(999999999) }}{{ content }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{{ content }}",
        "{% for letter in content %}{{ content }}{% endfor %}",
        "{{ 'x' * 999999999 }}{{ content }}",
        "{{ 9 ** 9 ** 9 }}{{ content }}",
        "{{ content ~ content }}",
        "{{ content % 1 }}",
        "{{ content if content else 1 }}",
        "{{ [content, content] }}",
        "{% set tone = content %}{{ content }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}{{ content }}",
        "{% include 'secrets' %}{{ content }}",
        "{% import 'os' as os %}{{ content }}",
        "{% extends 'base' %}{{ content }}",
        "{% if content is defined %}{{ content }}{% endif %}",
        "{{ content }} {{ nobody_filled_this_in }}",
        "{{ content",
        "{{ " + "(" * 5000 + "content" + ")" * 5000 + " }}",
        "{% if content %}" * 200 + "{{ content }}" + "{% endif %}" * 200,
        "no message in it",
    ],
)
def test_a_template_is_a_text_with_holes_and_conditions_and_nothing_else(body: str) -> None:
    with pytest.raises(BadTemplate):
        check_template(_template(body))


@pytest.mark.parametrize(
    "variables",
    [
        [_variable(), _variable()],
        [_variable(name="content")],
        [_variable(type="choice")],
        [_variable(choices=["a"])],
        [_variable(type="choice", choices=["a"], default="b")],
        [_variable(type="number", default="ten")],
    ],
)
def test_variables_that_nobody_could_fill_in_are_refused(variables: list[dict[str, Any]]) -> None:
    with pytest.raises(BadTemplate):
        check_template(_template(variables=variables))


@pytest.mark.parametrize("template", list_templates(), ids=lambda template: template.id)
def test_what_people_fill_into_a_built_in_template_is_never_evaluated(template: wire.Template) -> None:
    texts = {v.name: PERSON for v in template.variables if v.type in ("text", "longtext")}
    asked = render(template, PERSON, fill(template, texts))
    assert asked.prompt.count(PERSON) == len(texts) + 1
    assert "<class" not in asked.prompt and "49" not in asked.prompt


def test_the_longest_text_that_a_template_can_make_is_bounded_and_soon_refused() -> None:
    body = "{{ content }}" * 1500
    check_template(_template(body))
    use, began = fill(_template(body), {}), time.monotonic()
    assert len(render(_template(body), "x" * 600, use).prompt) == 900_000 <= MAX_RENDERED_CHARS
    with pytest.raises(TooLarge):
        render(_template(body), "x" * 1_000_000, use)
    assert time.monotonic() - began < 5


def test_conditions_choose_and_defaults_are_filled_in() -> None:
    body = "{% if tone == 'short' and not name %}Be short.{% else %}Be {{ tone }}, {{ name }}.{% endif %} {{ content }}"
    tone = _variable(type="choice", choices=["short", "kind"], default="short")
    template = _template(body, variables=[tone, {"name": "name", "label": "Name"}])
    check_template(template)
    assert render(template, "Why?", fill(template, {})).prompt == "Be short. Why?"
    assert render(template, "Why?", fill(template, {"tone": "kind", "name": " Ada\n "})).prompt == "Be kind, Ada. Why?"


def test_a_template_that_has_another_variable_by_now_takes_its_default() -> None:
    old, new = _template(), _template("{{ tone }}: {{ content }}", variables=[_variable(default="plain")])
    assert render(new, "Why?", fill(old, {})).prompt == "plain: Why?"


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("text", "  one\nline ", "one line"),
        ("longtext", "two\n  lines\n", "two\n  lines"),
        ("choice", "b", "b"),
        ("number", 12, "12"),
        ("number", 12.0, "12"),
        ("number", -0.5, "-0.5"),
    ],
)
def test_what_fits_its_variable_is_kept_as_text(kind: str, value: object, kept: str) -> None:
    variable = _variable(type=kind, choices=["a", "b"] if kind == "choice" else [])
    (filled,) = fill(_template(variables=[variable]), {"tone": value}).variables
    assert (filled.name, filled.label, filled.value) == ("tone", "Tone", kept)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 12),
        ("text", ["a"]),
        ("text", {"a": "b"}),
        ("text", True),
        ("text", "x" * 201),
        ("longtext", "x" * 16_001),
        ("longtext", "\ud800"),
        ("choice", "c"),
        ("number", "12"),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", 10**400),
        ("text", None),
        ("text", " "),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_variable(kind: str, value: object) -> None:
    variable = _variable(type=kind, required=True, choices=["a", "b"] if kind == "choice" else [])
    with pytest.raises(InvalidInput) as refused:
        fill(_template(variables=[variable]), {"tone": value})
    assert refused.value.body().field == "variables.tone"


def test_a_template_or_variable_that_there_is_not_is_refused() -> None:
    for template, variables, field in (
        ("nothing", {}, "template"),
        (None, {"language": "German"}, "template"),
        ("translate", {"language": "German", "colour": "red"}, "variables.colour"),
        ("translate", {}, "variables.language"),
        ("translate", None, "variables.language"),
    ):
        with pytest.raises(InvalidInput) as refused:
            require_use(template, variables, "Hello")
        assert refused.value.body().field == field
    assert require_use(None, None, "Hello") is None


def test_a_message_whose_template_is_gone_is_read_as_it_was_written() -> None:
    assert rendered(wire.TemplateUse(id="gone", title="Gone"), "Why?").prompt == "Why?"


def test_what_a_request_says_of_itself_fills_variables_of_these_names() -> None:
    about = wire.RequestMetadata(domain="logs", type="nginx")
    ask = wire.LlmRequest(content="x", template="parsing_analysis", metadata=about, variables={"type": "apache"})
    assert with_metadata(ask) == {"domain": "logs", "type": "apache"}
    other = wire.LlmRequest(content="x", template="translate", metadata=about, variables={"language": "German"})
    assert with_metadata(other) == {"language": "German"}


def test_there_are_the_built_in_ones() -> None:
    assert {template.id for template in list_templates()} == {
        *("brainstorm", "compare", "explain_code", "extract_actions"),
        *("parsing_analysis", "review", "summarize", "translate"),
    }
