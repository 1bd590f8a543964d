"""What is near to what was asked, in rooms that one may read, and how far the messages there have been read for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from chat import wire
from chat.db import meaning_index, meaning_search, message_search
from chat.db.meaning_search import Near
from chat.db.search_engines import search_engine_of
from chat.db.unit_of_work import Reader
from chat.errors import ModelError


class Reading(Protocol):
    """Whoever makes the vectors: jobs/meanings.py."""

    @property
    def is_on(self) -> bool:
        """Whether messages are read at all: by setting, and where that leaves it open by what is installed."""
        ...

    def vector_of(self, words: str, user_id: str) -> Sequence[float]:
        """Of something that somebody looks for. Raises `ModelError` soon where the model does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A message of a room that is near to what was asked; `nearness` is 1 for the same and about 0 for anything."""

    message_id: str
    seq: int
    content: str
    nearness: float


def passages_by_meaning(
    read: Reader,
    user_id: str,
    room_id: str,
    query_vector: Sequence[float],
    limit: int,
    before_seq: int = message_search.LAST,
) -> list[Passage]:
    """Messages of one room that are nearest to a vector of `Reading.vector_of`, the nearest first.

    None where the person may not read the room, and none from `before_seq` on. Takes as long as a search: on an event
    loop this is for a native thread.
    """
    found = find_near(read, user_id, message_search.Wanted([room_id]), query_vector, limit, before_seq=before_seq)
    return [Passage(near.message.id, near.message.seq, near.message.marked, near.nearness) for near in found]


def find_near(
    read: Reader,
    user_id: str,
    wanted: message_search.Wanted,
    vector: Sequence[float],
    limit: int,
    seconds: float = message_search.LONGEST_SECONDS,
    before_seq: int = message_search.LAST,
) -> list[Near]:
    """As `passages_by_meaning`, for any search. Raises `TookTooLong`."""
    model = meaning_index.find_model(read)
    # A model of the same name that gives other vectors has been taken up by nobody yet.
    if model is None or model.space.dimensions != len(vector):
        return []
    question = meaning_search.Question(model, vector, limit, before_seq, seconds)
    return search_engine_of(read).find_near(read, user_id, wanted, question)


State = Literal["off", "away", "reading", "ready"]


def meaning_state(
    read: Reader, rooms: Sequence[str], reading: Reading, problem: ModelError | None
) -> wire.MeaningState:
    """Counts the rooms of whoever asks, and no others."""
    if not reading.is_on:
        return wire.MeaningState(state="off")
    done, total = meaning_index.count_read(read, rooms)
    state: State = "away" if problem else "reading" if done < total else "ready"
    return wire.MeaningState(state=state, done=done, total=total, problem=problem.message if problem else None)
