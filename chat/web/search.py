"""Searching messages over HTTP."""

from dataclasses import dataclass
from typing import cast, get_args

from chat import wire
from chat.errors import InvalidInput
from chat.rate_limits import RateLimits
from chat.services.fused_search import FusedSearch, Mode
from chat.services.searching import PAGE, PAGE_MAX
from chat.web.api import Api, Operation, user


@dataclass(frozen=True)
class SearchRoutes:
    search_in: FusedSearch
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        query: dict[str, type] = {"q": str, "room": str, "mode": str, "before": str, "limit": int}
        api.add(
            Operation("GET", "/api/chat/search", self.search, "Search messages", answer=wire.SearchAnswer, query=query)
        )

    def search(
        self, q: str = "", room: str | None = None, mode: str = "text", before: str | None = None, limit: int = PAGE
    ) -> wire.SearchAnswer:
        if mode not in get_args(Mode):
            raise InvalidInput(f"mode: one of {', '.join(get_args(Mode))}.", field="mode")
        if not 1 <= limit <= PAGE_MAX:
            raise InvalidInput(f"limit: from 1 to {PAGE_MAX}.", field="limit")
        self.limits.take("search", user().id)
        return self.search_in.search(user().id, q, cast(Mode, mode), room=room, before=before, limit=limit)
