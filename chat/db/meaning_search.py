"""Search of messages by meaning on SQLite, over what `meaning_index` keeps current.

The codes of all messages that the asker may read are compared with that of the question, some blocks at a time; those
that differ least are compared a second time, and the vectors of those that seem nearest as they are. See decision 0023.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import BigInteger, Column, LargeBinary, text

from chat.db import message_search, vectors
from chat.db.meaning_index import MeaningModel
from chat.db.message_search import Wanted
from chat.db.prepared import Prepared, Record
from chat.db.unit_of_work import Reader

READ_AT_ONCE = 32  # blocks: their codes stay in the processor's cache
GLANCED_AT = 20_000  # messages that are looked at a second time, in the same bits
LOOKED_AT = 4_000  # vectors that are compared as they are
READ_MORE = 10  # messages than are wanted: some may be of another time
LEAST_NEARNESS = 0.15  # from -1 to 1: what is less near has nothing to do with it

# Whether the asker is in the room is asked here, and once more where the messages are read: there can be no others.
_BLOCKS = Prepared(
    text("""
    SELECT meaning_blocks.id FROM members CROSS JOIN meaning_blocks
        ON meaning_blocks.room_id = members.room_id AND model_id = :model
    WHERE members.user_id = :user AND members.room_id IN (SELECT value FROM json_each(:rooms))
    """).columns(Column("id", BigInteger))
)
_CODES = Prepared(
    text("""
    SELECT numbers, codes FROM json_each(:blocks) CROSS JOIN meaning_blocks ON meaning_blocks.id = value
    """).columns(Column("numbers", LargeBinary), Column("codes", LargeBinary))
)
_VECTORS = Prepared(
    text("""
    SELECT number, vector FROM json_each(:numbers) CROSS JOIN message_meanings ON number = value
    WHERE model_id = :model
    """).columns(Column("number", BigInteger), Column("vector", LargeBinary))
)
_FIND = Prepared(
    text(f"""
    SELECT {message_search.SHOWN}, messages.content AS marked, search_documents.number
    FROM json_each(:numbers) AS wanted
    CROSS JOIN search_documents ON search_documents.number = wanted.value
    CROSS JOIN messages ON messages.id = search_documents.message_id
    CROSS JOIN members ON members.room_id = messages.room_id AND members.user_id = :user
    LEFT JOIN users ON users.id = messages.author_id
    WHERE messages.created_at >= :since AND messages.created_at < :until AND messages.deleted_at IS NULL
        AND messages.seq < :before_seq
    """).columns(*message_search.SHOWN_COLUMNS, Column("number", BigInteger))
)
_BY_WORDS = Prepared(
    text("SELECT rowid AS number FROM message_search WHERE message_search MATCH :match").columns(
        Column("number", BigInteger)
    )
)
_PINNED = Prepared(
    text("""
    SELECT number FROM messages JOIN search_documents ON message_id = messages.id
    WHERE room_id IN (SELECT value FROM json_each(:rooms)) AND pinned_at IS NOT NULL
    """).columns(Column("number", BigInteger))
)
_REACTED = Prepared(
    text("""
    SELECT DISTINCT number FROM reactions JOIN search_documents ON search_documents.message_id = reactions.message_id
    WHERE room_id IN (SELECT value FROM json_each(:rooms))
    """).columns(Column("number", BigInteger))
)


@dataclass(frozen=True, slots=True)
class Question:
    """`near` what is looked for, by `model`; `before_seq` is for a search of one room."""

    model: MeaningModel
    near: Sequence[float]
    limit: int
    before_seq: int = message_search.LAST
    longest_seconds: float = message_search.LONGEST_SECONDS


@dataclass(frozen=True, slots=True)
class Near:
    """A message and how near it is: 1 is the same, about 0 has nothing to do with it."""

    message: Record
    nearness: float


def find_near(tx: Reader, user_id: str, wanted: Wanted, question: Question) -> list[Near]:
    """The nearest messages in the asker's rooms, whatever their words. Of `wanted` all but the words holds.

    Touches no lock, so it may run in a native thread. Raises `TookTooLong`.
    """
    patience = message_search.Patience(time.monotonic() + question.longest_seconds)
    fitting = _fitting(tx, wanted, patience)
    asked = question.model.space.of_question(question.near)
    closest = vectors.Closest(question.model.space.codes(asked[np.newaxis])[0], GLANCED_AT)
    for numbers, codes in _codes(tx, user_id, wanted.rooms, question.model):
        closest.see(*fitting.of(numbers, codes))
    likely = _likely(*closest.found(), asked)
    nearest = _nearest(tx, question.model, likely, asked)
    limits = {"user": user_id, "since": wanted.since, "until": wanted.until, "before_seq": question.before_seq}
    return read_nearest(question, nearest, lambda some: tx.run(_FIND, {"numbers": json.dumps(some), **limits}))


def _codes(
    tx: Reader, user_id: str, rooms: Sequence[str], model: MeaningModel
) -> Iterator[tuple[vectors.Numbers, vectors.Codes]]:
    blocks = tx.run(_BLOCKS, {"user": user_id, "rooms": json.dumps(list(rooms)), "model": model.id})
    for start in range(0, len(blocks), READ_AT_ONCE):
        some = json.dumps([block.id for block in blocks[start : start + READ_AT_ONCE]])
        rows = tx.run(_CODES, {"blocks": some})
        numbers = vectors.numbers_from_bytes(b"".join(row.numbers for row in rows))
        yield numbers, vectors.codes_from_bytes(b"".join(row.codes for row in rows), model.space.words)


class _Fitting:
    """Which messages are as the operators say, by their numbers: from `first` on, below `below`, and of all `kinds`."""

    def __init__(self, first: int, below: int, kinds: Sequence[vectors.Numbers]) -> None:
        self._first, self._below = first, below
        self._kinds = [_flagged(kind) for kind in kinds]

    def of(self, numbers: vectors.Numbers, codes: vectors.Codes) -> tuple[vectors.Numbers, vectors.Codes]:
        fits = (numbers >= self._first) & (numbers < self._below)
        for kind in self._kinds:
            fits &= kind[np.minimum(numbers, len(kind) - 1)]
        return (numbers, codes) if fits.all() else (numbers[fits], codes[fits])


def _flagged(numbers: vectors.Numbers) -> vectors.Flags:
    """True at each of these places, and False at all others; the last one stands for all that come after it."""
    flags = np.zeros(int(numbers.max(initial=0)) + 2, bool)
    flags[numbers] = True
    return flags


def _fitting(tx: Reader, wanted: Wanted, patience: message_search.Patience) -> _Fitting:
    kinds = []
    if wanted.authors is not None or wanted.traits or wanted.without:
        match = message_search.match_of(wanted, in_rooms=True, with_words=False)
        kinds.append(message_search.run_patiently(tx, _BY_WORDS, {"match": match}, patience))
    rooms = {"rooms": json.dumps(list(wanted.rooms))}
    if wanted.is_pinned:
        kinds.append(message_search.run_patiently(tx, _PINNED, rooms, patience))
    if wanted.is_reacted:
        kinds.append(message_search.run_patiently(tx, _REACTED, rooms, patience))
    first, below = message_search.places_of(tx, wanted)
    return _Fitting(first, below, [np.array([row.number for row in kind], np.int64) for kind in kinds])


def _likely(numbers: vectors.Numbers, codes: vectors.Codes, asked: vectors.Floats) -> vectors.Numbers:
    """Those whose vectors are worth comparing, by what the question says of each bit."""
    if len(numbers) <= LOOKED_AT:
        return numbers
    return numbers[np.argpartition(-vectors.likeness(codes, asked), LOOKED_AT)[:LOOKED_AT]]


def _nearest(tx: Reader, model: MeaningModel, numbers: vectors.Numbers, asked: vectors.Floats) -> dict[int, float]:
    return by_nearness(tx.run(_VECTORS, {"numbers": json.dumps(numbers.tolist()), "model": model.id}), asked)


def by_nearness(rows: Sequence[Record], asked: vectors.Floats) -> dict[int, float]:
    """How near each `vector` of these is, by its `number`: the nearest first, and none that is not near at all."""
    if not rows:
        return {}
    nearness = vectors.unpack([row.vector for row in rows]) @ asked
    near = [place for place in np.argsort(-nearness) if nearness[place] >= LEAST_NEARNESS]
    return {rows[place].number: float(nearness[place]) for place in near}


def read_nearest(
    question: Question, nearest: dict[int, float], read: Callable[[Sequence[int]], Sequence[Record]]
) -> list[Near]:
    """As many as are wanted of what `read` gives for these numbers: it leaves out what the asker may not read."""
    left = list(nearest)
    found: list[Near] = []
    while left and len(found) < question.limit:
        some, left = left[: question.limit + READ_MORE], left[question.limit + READ_MORE :]
        by_number = {row.number: row for row in read(some)}
        found += [Near(by_number[number], nearest[number]) for number in some if number in by_number]
    return found[: question.limit]
