"""`/m/{message}`: an address for a message that stays the same, whatever becomes of its room's name."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask, redirect
from werkzeug import Response

from chat.db.unit_of_work import Database
from chat.services.history import find_room_slug
from chat.web.api import Api


@dataclass(frozen=True)
class Permalinks:
    db: Database
    api: Api

    def add_to(self, app: Flask) -> None:
        app.add_url_rule("/m/<message>", "permalink", self.open)

    def open(self, message: str) -> Response:
        """To the room, for who may read the message; for everybody else to the start page, whether it exists or not."""
        slug = self._find_room(message)
        path = f"/rooms/{quote(slug, safe='')}" if slug else "/"
        answer = redirect(f"{path}?{urlencode({'message': message})}", 302)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _find_room(self, message: str) -> str | None:
        principal = self.api.find_principal()
        if principal is None or principal.must_change_password:
            return None
        with self.db.read() as read:
            return find_room_slug(read, principal.user.id, message)
