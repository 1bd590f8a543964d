"""What grows with everything that was ever said: bytes of the database, time of a look through all codes, rooms.

A message's bytes are of its row with the indexes of that, of its words, and of its meaning, by what the database grows.
"""

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

import numpy as np
from sqlalchemy import func, insert, select, text

from bench.library import Library, fill, index
from bench.meanings import numbered_rooms
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options
from bench.seeding import seed
from chat.background import Background
from chat.db import meaning_index
from chat.db.ids import new_id
from chat.db.meaning_index import MeaningModel
from chat.db.meaning_search import Question
from chat.db.message_search import Wanted
from chat.db.opening import open_database
from chat.db.search_engines import search_engine_of
from chat.db.tables import messages, rooms, users
from chat.db.unit_of_work import Database
from chat.db.vectors import Floats, Space
from chat.publishing import Publisher
from chat.realtime.room_order import RoomOrder
from scripts.servers import find_postgres
from tests.postgres_server import PostgresServer

PEOPLE, ROOMS, SAID = 100, 200, 100_000
MANY_ROOMS = 100_000
DIMENSIONS = 384  # of the built-in model
QUESTIONS, HITS = 20, 20
PATIENCE_SECONDS = 60.0
BOUNDS = {"SQLite": (2_000, 1_500), "PostgreSQL": (3_000, 2_000)}
_SIZES = {
    "sqlite": text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"),
    "postgresql": text("SELECT pg_database_size(current_database())"),
}


def measure(_: Options) -> Finding:
    """Once: sizes are the same every time."""
    with tempfile.TemporaryDirectory() as folder, _urls(Path(folder)) as urls:
        found = {name: _grow(Path(folder), url) for name, url in urls.items()}
    measures = [
        Measure(f"a message on {name}", Spread.of([found[name]["all bytes"]]), must, aim, is_cost=True, unit=" bytes")
        for name, (must, aim) in BOUNDS.items()
    ]
    observations: list[Observation] = [{"database": name, **seen} for name, seen in found.items()]
    return Finding(measures, observations)


@contextmanager
def _urls(folder: Path) -> Iterator[dict[str, str]]:
    environ["ROUNDTABLE_POSTGRES"] = find_postgres()
    with PostgresServer() as server:
        yield {"SQLite": f"sqlite:///{folder / 'roundtable.db'}", "PostgreSQL": server.create_database("size")}


def _grow(folder: Path, url: str) -> dict[str, float]:
    """Bytes a message, milliseconds of a look through `SAID` codes, and what a room costs every process of a server."""
    seed(folder, PEOPLE, database_url=url)
    db = open_database(url, Publisher())
    sizes = [_size(db)]
    library = fill(db, SAID, ROOMS, ROOMS)
    sizes.append(_size(db))
    index(db, library)
    sizes.append(_size(db))
    model = _add_meanings(db)
    sizes.append(_size(db))
    row, words, meaning = ((after - before) / SAID for before, after in zip(sizes, sizes[1:], strict=False))
    with db.read() as read:
        characters = float(read.scalar(select(func.avg(func.length(messages.c.content)))))
    found = {
        "characters": characters,
        "row bytes": row,
        "words bytes": words,
        "meaning bytes": meaning,
        "all bytes": row + words + meaning,
        "look by meaning ms": _look_by_meaning(db, model, library),
        **_rooms(db),
    }
    db.close()
    return found


def _size(db: Database) -> int:
    with db.read() as read:
        return int(read.scalar(_SIZES[db.dialect]))


def _add_meanings(db: Database) -> MeaningModel:
    """Vectors that mean nothing are as long as those that do, and are stored in batches as large as those that come."""
    chance = np.random.default_rng(1)
    middle = np.zeros(DIMENSIONS, np.float32)
    with db.write() as uow:
        meaning_index.begin_model(uow, "none", Space(middle, middle))
        model = meaning_index.find_model(uow)
    assert model
    for room, numbers in numbered_rooms(db):
        for start in range(0, len(numbers), meaning_index.BATCH):
            some = numbers[start : start + meaning_index.BATCH]
            with db.write() as uow:
                search_engine_of(db).add_meanings(uow, model, room, some, _vectors(chance, len(some)))
    return model


def _vectors(chance: np.random.Generator, count: int) -> Floats:
    made = chance.normal(size=(count, DIMENSIONS)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def _look_by_meaning(db: Database, model: MeaningModel, library: Library) -> float:
    """The median, by somebody who is in all rooms; without the model that makes the question's vector."""
    took = []
    if db.dialect == "postgresql":  # which does so by itself some minutes later, and plans badly until then
        with db.write() as uow:
            uow.execute(text("ANALYZE"))
    with db.read() as read:
        person = str(read.scalar(select(users.c.id).where(users.c.username == "person1")))
    for near in _vectors(np.random.default_rng(2), QUESTIONS):
        began = time.perf_counter()
        with db.read() as read:
            question = Question(model, near.tolist(), HITS, longest_seconds=PATIENCE_SECONDS)
            found = search_engine_of(db).find_near(read, person, Wanted(library.rooms), question)
        took.append((time.perf_counter() - began) * 1000)
        assert all(hit.nearness <= 1 for hit in found)
    return statistics.median(took)


def _rooms(db: Database) -> dict[str, float]:
    """Each process knows how far every room is, and with others beside it looks twice a minute whether that is true."""
    for _ in range(MANY_ROOMS // ROOMS):
        made = [new_id() for _ in range(ROOMS)]
        common = {"kind": "private", "models": [], "created_at": 1}
        with db.write() as uow:
            uow.execute(insert(rooms), [{**common, "id": room, "slug": room, "name": room} for room in made])
    background = Background(spawn=lambda work: None, sleep=lambda seconds: None)
    tracemalloc.start()
    order = RoomOrder((), db, background, hear=lambda events: None)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    began = time.perf_counter()
    order.look()
    took = time.perf_counter() - began
    return {"room bytes": held / MANY_ROOMS, "look at a room µs": took / MANY_ROOMS * 1e6}
