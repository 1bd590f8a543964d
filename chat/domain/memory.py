"""What a program's request adds to the conversation that it names, and how much of that a model is given; pure."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TypeVar

from chat.domain.conversation import context_chars, newest_that_fit

T = TypeVar("T")
KEPT_TURNS = 400  # of one conversation; older ones are forgotten
KEPT_CHARS = 400_000  # of all of them: more than a context of 100,000 tokens
KEPT_CONVERSATIONS = 10_000  # of one account; then the one goes that was not used for longest


def repeated(kept: Sequence[T], sent: Sequence[T], is_answer: Callable[[T], bool]) -> int:
    """How many of the first turns of `sent` only say again what is in `kept`.

    Programs that hold the conversation themselves send all of it, or its end, each time. Only a run with an answer of
    the model in it is a repetition, or else whoever says “yes” twice would be heard once; the last turn is always new.
    """
    # Turns are compared by numbers: a program may send a thousand long ones, and each is compared with each.
    numbers: dict[T, int] = {}
    before, now = ([numbers.setdefault(turn, len(numbers)) for turn in turns] for turns in (kept, sent))
    answers = {numbers[turn] for turn in sent if is_answer(turn)}
    if answers.isdisjoint(before):
        return 0
    answers_until = list(accumulate((number in answers for number in now), initial=0))
    most = 0
    for offset in range(1 - len(sent), len(kept)):
        start = end = max(0, -offset)
        while end < len(now) and end + offset < len(before) and now[end] == before[end + offset]:
            end += 1
        if end > most and answers_until[end] > answers_until[start]:
            most = end
    return max(0, min(most, len(sent) - 1))


def before_new(
    kept: Sequence[T], new_chars: int, size: Callable[[T], int], is_question: Callable[[T], bool], context: int | None
) -> list[T]:
    """The newest turns of `kept` that go into a context (tokens) beside `new_chars` that must, from a question on."""
    sizes: list[tuple[T | None, int]] = [*((turn, size(turn)) for turn in kept), (None, new_chars)]
    fitting = newest_that_fit(sizes, lambda pair: pair[1], context_chars(context))
    return from_question([turn for turn, _ in fitting if turn is not None], is_question)


def from_question(turns: Sequence[T], is_question: Callable[[T], bool]) -> list[T]:
    """Without the beginning of which the question is missing: an answer alone, or a tool's, would confuse a model."""
    first = next((place for place, turn in enumerate(turns) if is_question(turn)), len(turns))
    return list(turns[first:])
