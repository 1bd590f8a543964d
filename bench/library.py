"""A database in which much was said in many rooms, in words that come as often as those of a language do."""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, false, insert, select, update

from chat.db.ids import new_id, now_ms
from chat.db.search_engines import search_engine_of
from chat.db.tables import members, messages, rooms, search_documents, users
from chat.db.unit_of_work import Database

BATCH = 50_000  # messages in one transaction
VOCABULARY = 50_000
SHORTEST, LONGEST = 4, 24  # words of a message
LETTERS = "etaoinshrdlu"


@dataclass(frozen=True)
class Library:
    """`words` are by how often they are said. The first person is in `own` of the rooms, the others in all.

    `said` is how many messages each room has.
    """

    words: Sequence[str]
    rooms: Sequence[str]
    own: Sequence[str]
    said: Mapping[str, int]


def fill(db: Database, said: int, room_count: int, own_count: int) -> Library:
    """Rooms of very different size, one message a second until now; no search knows them before `index`."""
    chance = random.Random(1)
    words = [_word(number) for number in range(VOCABULARY)]
    with db.read() as read:
        people = [str(row.id) for row in read.all(select(users.c.id).order_by(users.c.username))]
    made = [new_id() for _ in range(room_count)]
    own = chance.sample(made, own_count)
    began = now_ms() - said * 1000
    seqs = dict.fromkeys(made, 0)
    weights = [1 / (rank + 1) for rank in range(room_count)]
    where = chance.choices(made, weights, k=said)
    _add_rooms(db, made, own, people)
    texts = _texts(chance, words)
    for first in range(0, said, BATCH):
        rows = []
        for number in range(first, min(first + BATCH, said)):
            seqs[where[number]] += 1
            author = people[number % len(people)]
            rows.append(_message(number, author, where[number], seqs[where[number]], next(texts), began))
        with db.write() as uow:
            uow.execute(insert(messages), rows)
    return Library(words, made, own, seqs)


def _word(number: int) -> str:
    """Another one for each number, of four to seven letters."""
    letters = [LETTERS[(number // len(LETTERS) ** place) % len(LETTERS)] for place in range(5)]
    return "".join(letters) + LETTERS[number % 7] * (number % 3)


def _texts(chance: random.Random, words: Sequence[str]) -> Iterator[str]:
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(words))))
    while True:
        pool = chance.choices(words, cum_weights=weights, k=1_000_000)
        start = 0
        while start + LONGEST < len(pool):
            length = chance.randint(SHORTEST, LONGEST)
            yield " ".join(pool[start : start + length])
            start += length


def _add_rooms(db: Database, made: list[str], own: list[str], people: list[str]) -> None:
    common = {"kind": "private", "models": [], "created_at": 1}
    place = {"role": "member", "last_read_seq": 0, "joined_at": 1}
    with db.write() as uow:
        uow.execute(insert(rooms), [{**common, "id": room, "slug": room, "name": room} for room in made])
        uow.execute(
            insert(members),
            [{**place, "room_id": r, "user_id": p} for r in made for p in people if p != people[0] or r in own],
        )


def _message(number: int, author: str, room: str, seq: int, content: str, began: int) -> dict[str, Any]:
    return {
        "id": f"{number:026d}",
        "room_id": room,
        "seq": seq,
        "rev": seq,
        "author_id": author,
        "client_id": f"{number:032x}",
        "content": content,
        "created_at": began + number * 1000,
    }


def index(db: Database, library: Library) -> None:
    """As the messages came, one after the other, and not room by room as what was written behind the server's back."""
    counts = [{"room": room, "count": count} for room, count in library.said.items()]
    counted = update(rooms).where(rooms.c.id == bindparam("room"))
    with db.write() as uow:
        uow.execute(counted.values(last_seq=bindparam("count"), last_rev=bindparam("count")), counts)
        in_order = select(messages.c.id, false()).order_by(messages.c.id)
        uow.execute(insert(search_documents).from_select(["message_id", "is_indexed"], in_order))
    has_more, engine = True, search_engine_of(db)
    while has_more:
        with db.write() as uow:
            has_more = engine.index_changes(uow)
