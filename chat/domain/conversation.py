"""What the model sees: the room's last messages as a chat, within the model's context."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

CHARS_PER_TOKEN = 3.5  # English prose in common vocabularies has 3.5 to 4.5; the low end keeps us inside the context
ANSWER_SHARE = 0.25  # of the context stays free for the answer
BEGUN_SHARE = 0.5  # of what is left: more of an answer that is to be continued is not needed to go on
DEFAULT_CONTEXT = 4096  # tokens; Ollama's default below 24 GiB of VRAM
MAX_MESSAGES = 50
TURN_CHARS = 16  # that a chat template puts around each turn
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the room: `author` is a display name; `from_model` marks what a model wrote."""

    author: str
    content: str
    from_model: bool


@dataclass(frozen=True, slots=True)
class Turn:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the model is told beside the messages: what is remembered of older ones, and what to do with them."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What goes to the model, and how it came about.

    `sizes` are the characters of the newest lines that have found room, oldest first, as the model reads them; `begun`
    those of the answer so far. All of it was to fit into `budget` characters.
    """

    turns: list[Turn]
    sizes: list[int]
    begun: int
    budget: int


def build_conversation(
    room: str,
    model: str,
    members: Sequence[str],
    lines: Sequence[Line],
    context_tokens: int | None,
    begun: str = "",
    system: str = "",
    around: Around = Around(),
) -> Prompt:
    """System turn, then the newest lines that fit, oldest first; the last line (the question) is always there.

    Text of people is data: each turn begins with its author's name, and where a later line begins like another speaker
    of the room it is indented, so that nobody can put words into somebody's mouth. `begun` is the answer so far, which
    comes last; of a very long one only the end is given. `system` is added to the system turn, `around` stands
    before the first line and after the last.
    """
    first = joined_system(system_text(room, model, members), system)
    budget = context_chars(context_tokens)
    left = budget - len(first) - len(around.before) - len(around.after)
    begun = begun[-max(1, int(left * BEGUN_SHARE)) :]
    speaker = _speaker_pattern({model, "system", "user", "assistant", *members, *(line.author for line in lines)})
    turns = (_turn(line, speaker) for line in reversed(lines[-MAX_MESSAGES:]))
    fitting = _fitting(turns, lambda turn: len(turn.content), left - len(begun))
    last = [Turn("assistant", begun)] if begun else []
    sizes = [len(turn.content) for turn in fitting]
    before, after = ([Turn("user", text)] if text else [] for text in (around.before, around.after))
    return Prompt([Turn("system", first), *_merged([*before, *fitting, *after]), *last], sizes, len(begun), budget)


def spoken(lines: Iterable[Line]) -> list[str]:
    """Each line as it is told of, what a model wrote as well: only its first row begins with a name."""
    return [f"{line.author}: {line.content}".replace("\n", "\n    ") for line in lines]


def joined_system(own: str, of_template: str) -> str:
    return "\n\n".join(filter(None, (own, of_template)))


def context_chars(context_tokens: int | None) -> int:
    """How many characters a model can be given, if the rest of its context is for the answer."""
    return int((context_tokens or DEFAULT_CONTEXT) * (1 - ANSWER_SHARE) * CHARS_PER_TOKEN)


def newest_that_fit(items: Sequence[T], size: Callable[[T], int], budget: int) -> list[T]:
    """The last of `items` that have room in `budget` characters, in their order; the very last is always there."""
    return _fitting(reversed(items), size, budget)


def _fitting(newest_first: Iterable[T], size: Callable[[T], int], budget: int) -> list[T]:
    chosen: list[T] = []
    for item in newest_first:
        budget -= size(item) + TURN_CHARS
        if chosen and budget < 0:
            break
        chosen.append(item)
    return chosen[::-1]


def system_text(room: str, model: str, members: Sequence[str]) -> str:
    people = ", ".join(members[:20]) or "nobody else"
    return (
        f"You are {model}, an assistant in the chat room “{room}”. In the room: {people}. "
        "Answer the last message, shortly and truthfully. Use Markdown."
    )


def _speaker_pattern(names: set[str]) -> re.Pattern[str]:
    """A line break that is followed by one of the names and a colon."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    return re.compile(rf"\n(?=\W{{0,5}}(?:{known})\W{{0,5}}:)", re.IGNORECASE)


def _turn(line: Line, speaker: re.Pattern[str]) -> Turn:
    if line.from_model:
        return Turn("assistant", line.content)
    text = speaker.sub("\n    ", line.content)
    return Turn("user", f"{line.author}: {text}")


def _merged(turns: Iterable[Turn]) -> list[Turn]:
    """Neighbouring turns of one role become one: several chat templates refuse two user turns in a row."""
    merged: list[Turn] = []
    for turn in turns:
        if merged and merged[-1].role == turn.role:
            merged[-1] = Turn(turn.role, merged[-1].content + "\n\n" + turn.content)
        else:
            merged.append(turn)
    return merged
