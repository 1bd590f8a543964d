"""Vectors for a library that nobody could wait for: those of real sentences, and as many more as there are messages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import insert, text

from chat.db import meaning_index, vectors
from chat.db.meaning_blocks import BLOCK
from chat.db.meaning_tables import meaning_blocks, message_meanings
from chat.db.unit_of_work import Database, UnitOfWork
from chat.db.vectors import Floats, Space
from chat.jobs.meaning_samples import SAMPLES
from chat.llm.base import EmbedRequest
from chat.llm.cancelling import CancelToken
from chat.llm.e5 import E5, E5_BACKEND, E5_MODEL
from chat.llm.embedding_prefixes import prefixes_of

ROOT = Path(__file__).parents[1]
SENTENCES, QUESTIONS = 600, 40
LONGEST_QUESTION = 60  # characters: as people search
SPREAD = 0.35  # how much of the difference of two sentences makes another one of a third
TOP = 10
AT_ONCE = 32


@dataclass(frozen=True)
class Known:
    """Questions, and for each the ids of the messages that are nearest to it among all."""

    questions: Sequence[str]
    nearest: Sequence[frozenset[str]]


class _Nearest:
    """The ten nearest to each question so far."""

    def __init__(self, asked: Floats) -> None:
        self._asked = asked
        self.scores = np.full((len(asked), TOP), -1, np.float32)
        self.numbers = np.zeros((len(asked), TOP), np.int64)

    def see(self, numbers: vectors.Numbers, apart: Floats) -> None:
        scores = np.concatenate([self.scores, self._asked @ apart.T], axis=1)
        known = np.concatenate([self.numbers, np.broadcast_to(numbers, (len(self._asked), len(numbers)))], axis=1)
        best = np.argpartition(-scores, TOP, axis=1)[:, :TOP]
        self.scores = np.take_along_axis(scores, best, axis=1)
        self.numbers = np.take_along_axis(known, best, axis=1)


def seed_vectors(db: Database) -> Known:
    """As if the built-in model had read all messages, room by room."""
    backend, prefixes = E5(), prefixes_of(E5_MODEL)
    sentences = _sentences()
    short = [re.sub(r"\W+", " ", one).strip() for one in sentences[SENTENCES:] if len(one) < LONGEST_QUESTION]
    questions = short[:QUESTIONS]
    try:
        base = _embedded(backend, prefixes.passage, sentences[:SENTENCES])
        space = Space.around(
            _embedded(backend, prefixes.passage, SAMPLES).tolist(), _embedded(backend, prefixes.query, SAMPLES).tolist()
        )
        asked = _embedded(backend, prefixes.query, questions)
    finally:
        backend.close()
    nearest = _Nearest(np.stack([space.of_question(one.tolist()) for one in asked]))
    chance = np.random.default_rng(1)
    with db.write() as uow:
        meaning_index.begin_model(uow, f"{E5_BACKEND}/{E5_MODEL}", space)
        uow.execute(text("INSERT INTO meaning_marks (room_id, low, high) SELECT room_id, 0, rev FROM search_marks"))
    for room, numbers in numbered_rooms(db):
        with db.write() as uow:
            for start in range(0, len(numbers), BLOCK):
                some = numbers[start : start + BLOCK]
                apart = space.of_passages(_more(chance, base, len(some)))
                _add_block(uow, room, some, space, apart)
                nearest.see(some, apart)
    return Known(questions, [_ids(db, found) for found in nearest.numbers])


def _sentences() -> list[str]:
    found = set[str]()
    for path in sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]):
        plain = re.sub(r"```.*?```|[`*|#\[\]]", " ", path.read_text(), flags=re.DOTALL)
        found |= {" ".join(one.split()) for one in re.split(r"(?<=[.:;?!])\s", plain)}
    fitting = sorted(one for one in found if 30 < len(one) < 160)
    np.random.default_rng(1).shuffle(fitting)
    return fitting


def _embedded(backend: E5, prefix: str, texts: Sequence[str]) -> Floats:
    made: list[list[float]] = []
    for start in range(0, len(texts), AT_ONCE):
        request = EmbedRequest(E5_MODEL, tuple(prefix + one for one in texts[start : start + AT_ONCE]))
        made += backend.embed(request, CancelToken()).vectors
    return np.asarray(made, np.float32)


def _more(chance: np.random.Generator, base: Floats, count: int) -> Floats:
    one, other, third = (base[chance.integers(0, len(base), count)] for _ in range(3))
    return np.asarray(one + SPREAD * (other - third), np.float32)


def numbered_rooms(db: Database) -> Iterator[tuple[str, vectors.Numbers]]:
    """Each room with messages, and the numbers of these in the index of words."""
    with db.read() as read:
        rooms = [row.id for row in read.all(text("SELECT id FROM rooms WHERE last_seq > 0"))]
    for room in rooms:
        numbers = text("""
            SELECT number FROM messages JOIN search_documents ON message_id = messages.id
            WHERE room_id = :room ORDER BY number
        """)
        with db.read() as read:
            yield room, np.array([row.number for row in read.all(numbers, {"room": room})], np.int64)


def _add_block(uow: UnitOfWork, room: str, numbers: vectors.Numbers, space: Space, apart: Floats) -> None:
    block = {
        "model_id": 1,
        "room_id": room,
        "size": len(numbers),
        "numbers": vectors.numbers_to_bytes(numbers),
        "codes": vectors.codes_to_bytes(space.codes(apart)),
    }
    made = uow.execute(insert(meaning_blocks).values(block)).inserted_primary_key
    assert made
    rows = [
        {"number": int(number), "model_id": 1, "block_id": made[0], "vector": vectors.pack(one)}
        for number, one in zip(numbers, apart, strict=True)
    ]
    uow.execute(insert(message_meanings), rows)


def _ids(db: Database, numbers: vectors.Numbers) -> frozenset[str]:
    wanted = ", ".join(map(str, numbers.tolist()))
    with db.read() as read:
        rows = read.all(text(f"SELECT message_id FROM search_documents WHERE number IN ({wanted})"))
    return frozenset(row.message_id for row in rows)
