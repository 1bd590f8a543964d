"""What a request adds to its conversation, and how much of that goes along: pure rules."""

import random

import pytest

from chat.domain.conversation import ANSWER_SHARE, CHARS_PER_TOKEN
from chat.domain.memory import before_new, from_question, repeated


def _is_answer(turn: str) -> bool:
    return turn.startswith("a")


def _repeated(kept: str, sent: str) -> int:
    return repeated(kept.split(), sent.split(), _is_answer)


@pytest.mark.parametrize(
    ("kept", "sent", "said_again"),
    [
        ("", "u1", 0),
        ("u1 a1", "u2", 0),
        ("u1 a1", "u1 a1 u2", 2),
        ("u1 a1 u2 a2", "u1 a1 u2 a2 u3", 4),
        ("u2 a2", "u1 a1 u2 a2 u3", 4),  # we have forgotten the first two
        ("u1 a1 u2 a2", "u2 a2 u3", 2),  # the program has
        ("u1 a1 u2 a2", "a2 u3", 1),
        ("u1 a1 u2 a2", "u1 a1 u2", 2),  # asked again: its answer never arrived there
        ("u1 a1", "u1 a1", 1),  # the last one always counts
        ("u1 a1", "u1", 0),  # says the same thing twice
        ("u1 a1 u1 a1", "u1 a1 u1 a1 u1", 4),
        ("u1 a1 u2 a2", "u1 a1 u9", 2),  # the same beginning, as with examples that are always sent
        ("u1 a1", "u1 a9 u2", 0),
        ("u1 u2 a2", "u2 u3", 0),  # no answer in it
        ("u1 a1", "", 0),
    ],
)
def test_what_a_program_repeats_is_not_heard_twice(kept: str, sent: str, said_again: int) -> None:
    assert _repeated(kept, sent) == said_again


def test_whoever_always_sends_everything_has_everything_once() -> None:
    chance = random.Random(7)
    kept: list[str] = []
    for number in range(60):
        question = chance.choice(["u yes", "u no", f"u {number}"])
        sent = [*kept, question]
        kept += [*sent[repeated(kept, sent, _is_answer) :], chance.choice(["a ok", f"a {number}"])]
        assert len(kept) == 2 * (number + 1)


def _before_new(kept: list[str], new_chars: int, context: int) -> list[str]:
    return before_new(kept, new_chars, len, lambda turn: turn.startswith("u"), context)


def test_the_newest_turns_go_along_that_have_room_beside_the_new_ones() -> None:
    turns = [f"{'u' if number % 2 == 0 else 'a'} {number} {'x' * 100}" for number in range(40)]
    chars = 1000 * (1 - ANSWER_SHARE) * CHARS_PER_TOKEN
    fitting = _before_new(turns, 500, 1000)
    assert 0 < len(fitting) < 40 and fitting == turns[-len(fitting) :]
    assert sum(map(len, fitting)) + 500 <= chars
    assert fitting[0].startswith("u")
    assert _before_new(turns, 5_000, 1000) == [], "the new ones alone are more than fits"
    assert _before_new(turns, 10, 100_000) == turns


def test_an_answer_never_goes_along_without_its_question() -> None:
    assert from_question(["a0", "t0", "u1", "a1"], lambda turn: turn.startswith("u")) == ["u1", "a1"]
    assert from_question(["a0"], lambda turn: turn.startswith("u")) == []


class _Counted(str):
    """Knows how often any of them was compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        _Counted.compared += 1
        return str.__eq__(self, other)


def test_a_thousand_equal_turns_are_not_compared_each_with_each() -> None:
    kept, sent = [[_Counted(f"u{'x' * 900}") for _ in range(number)] for number in (400, 1000)]
    answer = _Counted("a")
    assert repeated([answer, *kept], [answer, *sent], _is_answer) == 401
    assert _Counted.compared < 5_000
