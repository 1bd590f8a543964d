"""Pretended understanding: words that mean the same make the same numbers, and a text is the sum of its words."""

import hashlib
import math
import re
from collections.abc import Callable, Sequence

from chat.db.unit_of_work import Database
from chat.errors import ModelError
from chat.jobs.meaning_samples import SAMPLES
from chat.services.message_vectors import MessageVectors

LENGTH = 256
# The first stands for all of them.
SAME = (
    {"dog", "hound", "puppy"},
    {"car", "automobile", "vehicle"},
    {"broken", "fails", "defect"},
    {"money", "budget", "cash"},
)
_COMMON = [0.1] * LENGTH  # as the vectors of real models, which all point into about the same direction


def _numbers(word: str) -> list[float]:
    stem = next((min(same) for same in SAME if word in same), word)
    return [byte / 127.5 - 1 for byte in hashlib.shake_128(stem.encode()).digest(LENGTH)]


def vector_for(text: str) -> list[float]:
    words = [_numbers(word) for word in re.findall(r"\w+", text.lower())]
    total = [sum(numbers) for numbers in zip(*words, strict=True)] if words else [0.0] * LENGTH
    length = math.sqrt(sum(one * one for one in total)) or 1.0
    return [one / length + common for one, common in zip(total, _COMMON, strict=True)]


class Understanding:
    """Reads messages when it is told to, and knows at once what somebody looks for."""

    is_on = True

    def __init__(
        self, db: Database, model: str = "fake", vector_for: Callable[[str], Sequence[float]] = vector_for
    ) -> None:
        self._vectors, self._model, self._vector_for = MessageVectors(db), model, vector_for
        self.problem: ModelError | None = None

    def vector_of(self, words: str, user_id: str) -> Sequence[float]:
        if self.problem:
            raise self.problem
        return self._vector_for(words)

    def read_all(self) -> int:
        """How many messages were read."""
        if not self._vectors.is_of(self._model):
            samples = [self._vector_for(text) for text in SAMPLES]
            self._vectors.begin(self._model, samples, samples)
        count = 0
        while unread := self._vectors.next_unread():
            count += len(unread.messages)
            self._vectors.store(unread, [self._vector_for(row.content) for row in unread.messages])
        return count
