"""Searching messages over HTTP."""

from dataclasses import dataclass

from chat import wire
from chat.errors import InvalidInput
from chat.rate_limits import RateLimits
from chat.services.searching import PAGE, PAGE_MAX, Searching
from chat.web.api import Api, Operation, user

MODE = "text"  # the only one so far


@dataclass(frozen=True)
class SearchRoutes:
    searching: Searching
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        query: dict[str, type] = {"q": str, "room": str, "mode": str, "before": str, "limit": int}
        api.add(
            Operation("GET", "/api/chat/search", self.search, "Search messages", answer=wire.SearchAnswer, query=query)
        )

    def search(
        self, q: str = "", room: str | None = None, mode: str = MODE, before: str | None = None, limit: int = PAGE
    ) -> wire.SearchAnswer:
        if mode != MODE:
            raise InvalidInput(f"mode: only “{MODE}” is offered.", field="mode")
        if not 1 <= limit <= PAGE_MAX:
            raise InvalidInput(f"limit: from 1 to {PAGE_MAX}.", field="limit")
        self.limits.take("search", user().id)
        return self.searching.search(user().id, q, room=room, before=before, limit=limit)
