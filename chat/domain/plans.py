"""The plan of a run: which agents look into what. A model writes it, so it is read leniently and cut to its bounds."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

READ_CHARS = 100_000  # of what the planner wrote
READ_ENTRIES = 200  # of its plan
LOOKS = 50  # for the beginning of the JSON
TASK_CHARS = 600
_NAMES = ("agent", "handle", "name", "who")
_TASKS = ("task", "question", "instruction", "work", "what")


@dataclass(frozen=True, slots=True)
class Task:
    """What one agent (its handle) looks into; an empty text is the question itself."""

    agent: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`over` were chosen beyond the bound, `unknown` so many that are not there. Not `is_read`: everybody is asked."""

    tasks: tuple[Task, ...]
    over: tuple[str, ...] = ()
    unknown: int = 0
    is_read: bool = True


def parse_plan(text: str, agents: Sequence[str], most: int) -> Plan:
    """The agents (of these handles) that are named in what the planner wrote, each once, in its order.

    Where none can be made out, all of them are asked, up to `most`.
    """
    named: dict[str, str] = {}
    unknown = 0
    for handle, task in _entries(_found(text[:READ_CHARS])):
        known = next((agent for agent in agents if agent == handle), None)
        unknown += known is None
        if known is not None:
            named.setdefault(known, task)
    if not named:
        return everybody(agents, most, unknown)
    tasks = [Task(agent, task) for agent, task in named.items()]
    return Plan(tuple(tasks[:most]), tuple(task.agent for task in tasks[most:]), unknown)


def everybody(agents: Sequence[str], most: int, unknown: int = 0) -> Plan:
    """The plan where there is none."""
    tasks = tuple(Task(agent, "") for agent in agents[:most])
    return Plan(tasks, tuple(agents[most:]), unknown, is_read=False)


def _found(text: str) -> Any:
    """The first JSON in a text that is an object or a list with something in it; None without any."""
    decoder = json.JSONDecoder()
    at = -1
    for _ in range(LOOKS):
        at = min((place for place in (text.find("{", at + 1), text.find("[", at + 1)) if place >= 0), default=-1)
        if at < 0:
            return None
        try:
            value, _end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        if value:
            return value
    return None


def _entries(value: Any) -> Iterator[tuple[str, str]]:
    """Handle and task of each entry, whether it is a list of objects or of names, or an object by name."""
    if isinstance(value, dict):
        listed = next((inner for inner in value.values() if isinstance(inner, list)), None)
        single = _field(value, _NAMES)
        value = listed if listed is not None else [value] if single else list(value.items())
    for entry in value[:READ_ENTRIES] if isinstance(value, list) else ():
        if isinstance(entry, str):
            yield _handle(entry), ""
        elif isinstance(entry, tuple):
            yield _handle(entry[0]), _task(entry[1])
        elif isinstance(entry, dict):
            yield _handle(_field(entry, _NAMES)), _task(_field(entry, _TASKS))


def _field(entry: dict[str, Any], names: Sequence[str]) -> Any:
    return next((entry[name] for name in names if isinstance(entry.get(name), str)), "")


def _handle(value: Any) -> str:
    return str(value).strip().lstrip("@").lower()


def _task(value: Any) -> str:
    if isinstance(value, dict):
        value = _field(value, _TASKS)
    return " ".join(value.split())[:TASK_CHARS] if isinstance(value, str) else ""
