"""Templates reach nothing, never run what people fill in, and say at once what is wrong with it."""

import time
from typing import Any

import pytest

from chat import wire
from chat.domain.templates import MAX_RENDERED_CHARS, check_template, fill, render
from chat.errors import InvalidInput, TooLarge
from chat.services.shipped_templates import built_in_templates

PERSON = "{{ ''.__class__.__mro__ }} {% for i in range(99999999) %}x{% endfor %} {{ content }} {# gone #} {{ 7 * 7 }}"


def _template(body: str = "{{ content }}", **more: Any) -> wire.TemplateContent:
    return wire.TemplateContent(**{"title": "Mine", "body": body, **more})


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
        "{% if content > '5' %}{{ content }}{% endif %}",
        "{% if content in 'abc' %}{{ content }}{% endif %}",
        "{% if content == 5 %}{{ content }}{% endif %}",
        "{% if true %}{{ content }}{% endif %}",
        "{{ " + "content and " * 301 + "content }}",
        "{{ content }}" * 301,
        "{{ " + "content and " * 1600 + "content }}",
        "{{ content }} {{ nobody_filled_this_in }}",
        "{{ content",
        "{{ " + "(" * 5000 + "content" + ")" * 5000 + " }}",
        "{% if content %}" * 200 + "{{ content }}" + "{% endif %}" * 200,
        "no message in it",
    ],
)
def test_a_template_is_a_text_with_holes_and_conditions_and_nothing_else(body: str) -> None:
    with pytest.raises(InvalidInput):
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
        [_variable(type="switch", default="on")],
    ],
)
def test_variables_that_nobody_could_fill_in_are_refused(variables: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidInput):
        check_template(_template(variables=variables))


@pytest.mark.parametrize("template", built_in_templates().values(), ids=lambda template: template.id)
def test_what_people_fill_into_a_built_in_template_is_never_evaluated(template: wire.Template) -> None:
    texts = {v.name: PERSON for v in template.variables if v.type in ("text", "longtext")}
    asked = render(template, PERSON, fill(template, texts))
    assert asked.prompt.count(PERSON) == len(texts) + 1
    assert "<class" not in asked.prompt and "49" not in asked.prompt


def test_the_longest_text_that_a_template_can_make_is_bounded_and_soon_refused() -> None:
    body = "{{ content }}" * 290
    check_template(_template(body))
    use, began = fill(_template(body), {}), time.monotonic()
    assert len(render(_template(body), "x" * 3000, use).prompt) == 870_000 <= MAX_RENDERED_CHARS
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
        ("switch", True, "yes"),
        ("switch", False, "no"),
        ("switch", None, "no"),
    ],
)
def test_what_fits_its_variable_is_kept_as_text(kind: str, value: object, kept: str) -> None:
    variable = _variable(type=kind, choices=["a", "b"] if kind == "choice" else [])
    (filled,) = fill(_template(variables=[variable]), {"tone": value})
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
        ("switch", "yes"),
        ("switch", 1),
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


def test_what_is_wrong_is_told_by_part_and_line() -> None:
    for fields, field, words in (
        ({"body": "One\n\n{{ tone }} {{ content }}"}, "body", "Line 3: no variable is called “tone”"),
        ({"body": "{{ content }}", "system": "a\nb {{ nobody }}"}, "system", "Line 2: no variable is called “nobody”"),
        (
            {"body": "{{ content }}", "output": "{% for a in b %}{% endfor %}"},
            "output",
            "Line 1: a template has no for",
        ),
        ({"body": "{{ content }}\n{{ content"}, "body", "Line 2: "),
        ({"body": "{{ content }}\n{% if content == 5 %}{% endif %}"}, "body", "Line 2: write '5' with quotes"),
        ({"body": "no message"}, "body", "write {{ content }} there"),
    ):
        with pytest.raises(InvalidInput) as refused:
            check_template(_template(**fields))
        assert refused.value.field == field and words in refused.value.message


def test_what_is_filled_in_is_bounded_altogether() -> None:
    variables = [_variable(name=f"v{number}", type="longtext") for number in range(5)]
    template = _template(variables=variables)
    assert len(fill(template, {f"v{number}": "x" * 16_000 for number in range(4)})) == 4
    with pytest.raises(TooLarge, match="80,000 characters altogether"):
        fill(template, {f"v{number}": "x" * 16_000 for number in range(5)})


def test_a_switch_that_is_off_is_no_text_in_conditions() -> None:
    body = "{% if short %}Be short.{% else %}Take your time.{% endif %} {{ content }}"
    template = _template(body, variables=[_variable(name="short", type="switch", default="yes")])
    check_template(template)
    assert render(template, "Why?", fill(template, {})).prompt == "Be short. Why?"
    assert render(template, "Why?", fill(template, {"short": False})).prompt == "Take your time. Why?"


def test_the_model_is_told_the_system_part_the_subject_and_how_to_answer() -> None:
    output = "Answer in {{ tone }}."
    template = _template(system="You are {{ tone }}.", output=output, variables=[_variable(default="JSON")])
    check_template(template)
    asked = render(template, "Why?", fill(template, {}), domain="web logs")
    assert asked.system == "You are JSON.\n\nThe subject: web logs.\n\nAnswer in JSON."
    assert render(template, "Why?", fill(template, {})).system == "You are JSON.\n\nAnswer in JSON."


def test_there_are_the_built_in_ones() -> None:
    assert set(built_in_templates()) == {
        *("brainstorm", "compare", "explain_code", "extract_actions"),
        *("parsing_analysis", "review", "summarize", "translate"),
    }
