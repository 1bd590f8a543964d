"""A plan is read however a model writes it, and never names more than there is or may be."""

import json

import pytest

from chat.domain.plans import READ_ENTRIES, TASK_CHARS, Task, parse_plan

AGENTS = ("researcher", "critic", "writer2")


@pytest.mark.parametrize(
    "text",
    [
        '{"agents": [{"agent": "critic", "task": "Look for holes."}]}',
        '[{"handle": "@Critic", "question": "Look for holes."}]',
        'Sure! A plan:\n```json\n{"plan": [{"name": "critic", "instruction": "Look  for\\nholes."}]}\n```\nBye.',
        '{"critic": "Look for holes."}',
        '{"critic": {"task": "Look for holes."}}',
        '{"agent": "critic", "task": "Look for holes."}',
        'I think {so} and [that].\n{"agents": [{"agent": "critic", "task": "Look for holes."}]}',
    ],
)
def test_a_plan_is_read_in_every_form_that_models_use(text: str) -> None:
    plan = parse_plan(text, AGENTS, 4)
    assert plan.tasks == (Task("critic", "Look for holes."),) and plan.is_read


def test_names_alone_are_a_plan_too() -> None:
    assert parse_plan('["critic", "@researcher"]', AGENTS, 4).tasks == (Task("critic", ""), Task("researcher", ""))


@pytest.mark.parametrize(
    "text", ["", "Ask the critic.", "{", '{"agents": []}', '{"agents": ["nobody"]}', "[" * 50_000, "[1, null]"]
)
def test_everybody_is_asked_where_no_plan_can_be_read(text: str) -> None:
    plan = parse_plan(text, AGENTS, 2)
    assert [task.agent for task in plan.tasks] == ["researcher", "critic"]
    assert plan.over == ("writer2",) and not plan.is_read


def test_a_plan_of_a_thousand_agents_asks_those_that_there_are_and_no_more_than_may_be() -> None:
    names = ["critic", "critic", *(f"agent{n}" for n in range(1000)), "researcher"]
    plan = parse_plan(json.dumps({"agents": [{"agent": name, "task": "x" * 40} for name in names]}), AGENTS, 1)
    assert [task.agent for task in plan.tasks] == ["critic"]
    assert plan.unknown == READ_ENTRIES - 2


def test_each_agent_is_asked_once_in_the_order_of_the_plan() -> None:
    plan = parse_plan('["critic", "researcher", "critic", "writer2"]', AGENTS, 2)
    assert [task.agent for task in plan.tasks] == ["critic", "researcher"] and plan.over == ("writer2",)


def test_a_task_is_cut_to_its_bound() -> None:
    (task,) = parse_plan(json.dumps({"critic": "x" * 5000}), AGENTS, 4).tasks
    assert task.text == "x" * TASK_CHARS
