"""Searches in a den whose messages are read before each search."""

from typing import Any

from chat import wire
from chat.services.fused_search import FusedSearch, Mode
from chat.services.searching import Searching
from tests.fakes.meaning import Understanding
from tests.services.den import Den


class Seeker:
    def __init__(self, den: Den) -> None:
        self.searching = Searching(den.db, lambda work: work())
        self.mind = Understanding(den.db)
        self.search_in = FusedSearch(den.db, self.searching, self.mind)

    def read_all(self) -> int:
        self.searching.catch_up()
        return self.mind.read_all()

    def answer(self, person: wire.User, typed: str, mode: Mode = "semantic", **asked: Any) -> wire.SearchAnswer:
        self.read_all()
        return self.search_in.search(person.id, typed, mode, **asked)

    def found(self, person: wire.User, typed: str, mode: Mode = "semantic", **asked: Any) -> list[str]:
        return [hit.id for hit in self.answer(person, typed, mode, **asked).hits]
