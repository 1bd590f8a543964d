"""Flask without what it does for every request and nobody here uses."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.datastructures import Headers


class LeanResponse(Response):
    """An answer with a body, whose headers are complete: none is looked for, and they are not copied for that."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        return self.headers


class _NoSessions(SessionInterface):
    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self.make_null_session(app)


class LeanFlask(Flask):
    """No signed cookie is read, and no function is asked whether it is asynchronous: none is."""

    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func
