"""How PostgreSQL keeps vectors, and looks through them: it counts the bits in which codes differ by itself.

So nothing but the vectors of the likeliest comes over to us, and there are no blocks to fill and to tidy.
"""

import time

from sqlalchemy import BigInteger, Column, LargeBinary, text

from chat.db import message_search, vectors
from chat.db.meaning_index import MeaningModel
from chat.db.meaning_search import Near, Question, by_nearness, read_nearest
from chat.db.message_search import Wanted
from chat.db.postgres.message_search import match_of, run_until
from chat.db.prepared import Prepared
from chat.db.unit_of_work import Reader, UnitOfWork

LOOKED_AT = 1_500  # vectors that are compared as they are
OLD_ROWS = 5_000  # of another model, taken out in one unit

_KEEP = text("""
    INSERT INTO message_meanings (number, model_id, block_id, vector) VALUES (:number, :model, 0, :vector)
    ON CONFLICT (number) DO UPDATE SET model_id = excluded.model_id, vector = excluded.vector
""")
_KEEP_CODE = text("""
    INSERT INTO meaning_codes (number, room_id, model_id, code)
    VALUES (:number, :room, :model, CAST(:code AS bit varying))
    ON CONFLICT (number) DO UPDATE
    SET room_id = excluded.room_id, model_id = excluded.model_id, code = excluded.code
""")
# Whether the asker is in the room is asked here, and once more where the messages are read: there can be no others.
_LIKELY = """
    SELECT likely.number, vector FROM (
        SELECT meaning_codes.number FROM members
        JOIN meaning_codes ON meaning_codes.room_id = members.room_id AND meaning_codes.model_id = :model
        WHERE members.user_id = :user AND members.room_id = ANY(CAST(:rooms AS varchar[]))
            AND meaning_codes.number >= :first AND meaning_codes.number < :below AND {matches}
            AND (NOT :is_pinned OR EXISTS (
                SELECT 1 FROM search_documents JOIN messages ON messages.id = search_documents.message_id
                WHERE search_documents.number = meaning_codes.number AND messages.pinned_at IS NOT NULL
            ))
            AND (NOT :is_reacted OR EXISTS (
                SELECT 1 FROM search_documents JOIN reactions ON reactions.message_id = search_documents.message_id
                WHERE search_documents.number = meaning_codes.number
            ))
        ORDER BY bit_count(meaning_codes.code # CAST(:code AS bit varying)) LIMIT :most
    ) AS likely JOIN message_meanings ON message_meanings.number = likely.number
"""
_MATCHES = """EXISTS (
    SELECT 1 FROM message_words
    WHERE message_words.number = meaning_codes.number AND message_words.words @@ CAST(:match AS tsquery)
)"""


def _finding(matches: str) -> Prepared:
    found = text(_LIKELY.format(matches=matches))
    return Prepared(found.columns(Column("number", BigInteger), Column("vector", LargeBinary)))


_MATCHING, _ANY = _finding(_MATCHES), _finding("CAST(:match AS text) = ''")
_FIND = Prepared(
    text(f"""
    SELECT {message_search.SHOWN}, messages.content AS marked, search_documents.number
    FROM search_documents
    JOIN messages ON messages.id = search_documents.message_id
    JOIN members ON members.room_id = messages.room_id AND members.user_id = :user
    LEFT JOIN users ON users.id = messages.author_id
    WHERE search_documents.number = ANY(CAST(:numbers AS bigint[])) AND messages.deleted_at IS NULL
        AND messages.created_at >= :since AND messages.created_at < :until AND messages.seq < :before_seq
    """).columns(*message_search.SHOWN_COLUMNS, Column("number", BigInteger))
)


def add(uow: UnitOfWork, model: MeaningModel, room: str, numbers: vectors.Numbers, apart: vectors.Floats) -> None:
    rows = [
        {"number": int(number), "model": model.id, "room": room, "vector": vectors.pack(one), "code": _code(one)}
        for number, one in zip(numbers, apart, strict=True)
    ]
    uow.execute(_KEEP, rows)
    uow.execute(_KEEP_CODE, rows)


def _code(apart: vectors.Floats) -> str:
    """A 1 for each number above 0, as PostgreSQL reads bits."""
    return "".join("1" if is_above else "0" for is_above in apart > 0)


def has_leftovers(tx: Reader, model: MeaningModel) -> bool:
    """Whether `tidy` has anything to do. What is edited or deleted takes its code along."""
    return tx.first(text("SELECT 1 FROM meaning_models WHERE id < :model LIMIT 1"), {"model": model.id}) is not None


def tidy(uow: UnitOfWork, model: MeaningModel) -> None:
    """Takes out a part of what is of other models, and when nothing of them is left, them."""
    old = text("""
        DELETE FROM message_meanings
        WHERE number IN (SELECT number FROM message_meanings WHERE model_id < :model LIMIT :most)
    """)
    if not uow.execute(old, {"model": model.id, "most": OLD_ROWS}).rowcount:
        uow.execute(text("DELETE FROM meaning_models WHERE id < :model"), {"model": model.id})


def find_near(tx: Reader, user_id: str, wanted: Wanted, question: Question) -> list[Near]:
    """As meaning_search.find_near. Raises `TookTooLong`."""
    ends_at = time.monotonic() + question.longest_seconds
    asked = question.model.space.of_question(question.near)
    first, below = message_search.places_of(tx, wanted)
    match = match_of(wanted, with_words=False, with_rooms=False)
    parameters = {
        "model": question.model.id,
        "user": user_id,
        "rooms": list(wanted.rooms),
        "first": first,
        "below": below,
        "match": match,
        "is_pinned": wanted.is_pinned,
        "is_reacted": wanted.is_reacted,
        "code": _code(asked),
        "most": LOOKED_AT,
    }
    nearest = by_nearness(run_until(tx, _MATCHING if match else _ANY, parameters, ends_at), asked)
    limits = {"user": user_id, "since": wanted.since, "until": wanted.until, "before_seq": question.before_seq}
    return read_nearest(question, nearest, lambda some: tx.run(_FIND, {"numbers": list(some), **limits}))
