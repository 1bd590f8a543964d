"""Searching by text, by meaning, or by both; by text alone where meaning cannot be had."""

from collections.abc import Sequence
from typing import Literal

from chat import wire
from chat.db.unit_of_work import Database
from chat.domain.fusing import fuse
from chat.domain.search_query import SearchQuery, parse_query
from chat.errors import ModelError
from chat.services.access import list_readable_rooms
from chat.services.meanings import Reading, meaning_state
from chat.services.searching import PAGE, PAGE_MAX, Searching, hit_of

Mode = Literal["text", "semantic", "hybrid"]


class FusedSearch:
    def __init__(self, db: Database, searching: Searching, reading: Reading) -> None:
        self._db, self._searching, self._reading = db, searching, reading

    def search(
        self,
        user_id: str,
        raw: str,
        mode: Mode,
        *,
        room: str | None = None,
        before: str | None = None,
        limit: int = PAGE,
    ) -> wire.SearchAnswer:
        """As `Searching.search`. A further page is one by text: what is found by meaning has none."""
        query = parse_query(raw)
        vector: Sequence[float] | None = None
        problem = None
        if mode != "text" and before is None and query.terms and self._reading.is_on:
            try:
                vector = self._reading.vector_of(" ".join(term.text for term in query.terms), user_id)
            except ModelError as error:
                problem = error
        if vector is None:
            answer = self._searching.search(user_id, raw, room=room, before=before, limit=limit)
        else:
            hits = self._hits(user_id, query, room, vector, in_text=mode == "hybrid")
            answer = wire.SearchAnswer(hits=hits[:limit], next=None, mode=mode)
        with self._db.read() as read:
            rooms = list_readable_rooms(read, user_id)
            answer.meaning = meaning_state(read, rooms, self._reading, problem)
        return answer

    def _hits(
        self, user_id: str, query: SearchQuery, room: str | None, vector: Sequence[float], *, in_text: bool
    ) -> list[wire.SearchHit]:
        near = self._searching.find_near(user_id, query, room, vector, PAGE_MAX)
        texts = self._searching.find(user_id, query, room, None, PAGE_MAX) if in_text else []
        rows = {row.id: row for row in (*near, *texts)}  # of both the one in which the words are marked
        fused = fuse([row.id for row in texts], [row.id for row in near])
        return [hit_of(rows[one.id], one.why) for one in fused]
