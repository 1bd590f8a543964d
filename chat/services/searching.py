"""Finding what was said, in the rooms that one may read."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from chat import wire
from chat.db import message_index, message_search
from chat.db.ids import iso
from chat.db.prepared import Record
from chat.db.search_engines import search_engine_of
from chat.db.tables import agents, users
from chat.db.unit_of_work import Database, Reader
from chat.domain.fusing import Why
from chat.domain.search_query import SearchQuery, Term, parse_query
from chat.domain.snippets import snippet_of
from chat.errors import TooFast, TooWide
from chat.services.access import list_readable_rooms, require_room
from chat.services.meanings import find_near
from chat.services.message_views import author_of, writer_of

PAGE = 20
PAGE_MAX = 50
AT_ONCE = 2  # searches; each may take a core, and holds a connection for reading
WAITS_SECONDS = 5.0  # for a place among them
MOST_BATCHES = 40  # that are indexed before a search: 10,000 messages that have come since the last time


class Searching:
    """`run_blocking(f)` runs f in a native thread and returns its result."""

    def __init__(
        self,
        db: Database,
        run_blocking: Callable[[Callable[[], Any]], Any],
        longest_seconds: float = message_search.LONGEST_SECONDS,
    ) -> None:
        self._db = db
        self._engine = search_engine_of(db)
        self._run_blocking = run_blocking
        self._longest_seconds = longest_seconds
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def search(
        self, user_id: str, raw: str, *, room: str | None = None, before: str | None = None, limit: int = PAGE
    ) -> wire.SearchAnswer:
        """A page of what fits, the newest first; what was sent before this was asked is among it.

        Raises `InvalidInput` for a query that says nothing, `TooWide` for one that takes too long, and like
        `require_room` for a room that the asker may not read.
        """
        found = self.find(user_id, parse_query(raw), room, before, limit + 1)
        hits = [hit_of(row) for row in found[:limit]]
        return wire.SearchAnswer(hits=hits, next=hits[-1].id if len(found) > limit else None, mode="text")

    def find(self, user_id: str, query: SearchQuery, room: str | None, before: str | None, limit: int) -> list[Record]:
        """Rows for `hit_of`, the newest first. Raises as `search`."""
        self.catch_up()
        page = message_search.Page(before, limit, self._longest_seconds)
        return self._run(
            user_id, query, room, lambda read, wanted: list(self._engine.find(read, user_id, wanted, page))
        )

    def find_near(
        self, user_id: str, query: SearchQuery, room: str | None, vector: Sequence[float], limit: int
    ) -> list[Record]:
        """The nearest to a vector first; of the query all holds but its words. Raises as `search`."""
        seconds = self._longest_seconds

        def near(read: Reader, wanted: message_search.Wanted) -> list[Record]:
            return [found.message for found in find_near(read, user_id, wanted, vector, limit, seconds)]

        return self._run(user_id, query, room, near)

    def _run(
        self,
        user_id: str,
        query: SearchQuery,
        room: str | None,
        find: Callable[[Reader, message_search.Wanted], list[Record]],
    ) -> list[Record]:
        """A search in a native thread, when its turn has come."""
        if not self._slots.acquire(timeout=WAITS_SECONDS):
            raise TooFast("Others are searching just now. Try again in a moment.", retry_after=2.0)
        try:
            with self._db.read() as read:
                wanted = _wanted(read, user_id, query, room)
                found: list[Record] = self._run_blocking(lambda: find(read, wanted))
        except message_search.TookTooLong:
            words = "This search takes too long. Add a word, name a room with in: or a day with after:."
            raise TooWide(words, field="q") from None
        finally:
            self._slots.release()
        return found

    def catch_up(self) -> None:
        """Takes into the index what has changed since the last time."""
        with self._db.read() as read:
            has_more = message_index.has_changes(read)
        for _ in range(MOST_BATCHES):
            if not has_more:
                return
            with self._db.write() as uow:
                has_more = self._engine.index_changes(uow)

    def clean(self) -> None:
        """Takes words that were deleted or edited away out of the database's file, too."""
        self._engine.clean(self._db)


def _wanted(tx: Reader, user_id: str, query: SearchQuery, room: str | None) -> message_search.Wanted:
    """Of a room that is named in both ways, both are meant."""
    rooms = list_readable_rooms(tx, user_id)
    for ref in (room, query.room):
        if ref is not None:
            named = require_room(tx, user_id, ref, "read").id
            rooms = [one for one in rooms if one == named]
    return message_search.Wanted(
        rooms=rooms,
        words=_words(query.terms),
        without=_words(query.without),
        authors=None if query.author is None else _authors(tx, user_id, query.author),
        traits=sorted(query.has & {"code", "link"}),
        since=query.since or 0,
        until=message_search.LAST if query.until is None else query.until,
        is_pinned="pin" in query.has,
        is_reacted="reaction" in query.has,
    )


def _words(terms: tuple[Term, ...]) -> list[message_search.Word]:
    return [message_search.Word(term.text, term.is_prefix) for term in terms]


def _authors(tx: Reader, user_id: str, handle: str) -> list[str]:
    """Whoever is typed like that: a person, `me`, an agent, or a model, whose name may leave out `:latest`.

    An agent is meant by the handle it has now, and by the one it had when it said something.
    """
    person = tx.first(select(users.c.id).where(users.c.username == handle))
    people = [person.id] if person else [user_id] if handle == "me" else []
    called = [row.id for row in tx.all(select(agents.c.id).where(agents.c.handle == handle))]
    return [*people, *called, handle, f"{handle}:latest"]


def hit_of(row: Record, why: Why = "text") -> wire.SearchHit:
    return wire.SearchHit(
        id=row.id,
        room=row.room_id,
        seq=row.seq,
        author=author_of(row.model, row.reply, writer_of(row)),
        created_at=iso(row.created_at),
        snippet=snippet_of(row.marked),
        why=why,
    )
