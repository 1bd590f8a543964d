"""Declares a JSON route once: who may call it, what goes in, what comes out. Validation and OpenAPI both read that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

import orjson
from flask import Flask, Response, request
from pydantic import BaseModel

from chat import wire
from chat.acting import Actor, acting
from chat.config import Config
from chat.domain.input import parse_input
from chat.domain.origins import origin_allowed
from chat.domain.permissions import may_administer
from chat.errors import InvalidInput, NotAllowed, NotSignedIn
from chat.services.sign_ins import CHANGE_FIRST, Principal, SignIns
from chat.web.lean import read_body, this_request
from chat.web.responses import json_answer

LET_IN_SECONDS = 0.25  # who sends a body for longer than that may have been shut out meanwhile
SESSION_COOKIE = "roundtable_session"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
M = TypeVar("M", bound=wire.In)


@dataclass(frozen=True)
class Operation:
    """One method of one path. `answer` None is 204; `public` needs no sign-in; `query` names typed parameters.

    A `{path:name}` in the path takes slashes, too. `headers` are those that the view reads, and what they are for.
    `unlocked`: also for whoever must change their password first.
    """

    method: str
    path: str
    view: Callable[..., Any]
    summary: str
    body: type[wire.In] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    public: bool = False
    query: dict[str, type] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    unlocked: bool = False


class Api:
    """All operations of the application; `add` registers one with Flask."""

    def __init__(self, app: Flask, config: Config, sign_ins: SignIns) -> None:
        self.operations: list[Operation] = []
        self._app, self._config, self._sign_ins = app, config, sign_ins

    def add(self, operation: Operation) -> None:
        self.operations.append(operation)
        rule = operation.path.replace("{", "<").replace("}", ">")
        name = f"{operation.method} {operation.path}".replace(".", "_")
        self._app.add_url_rule(rule, name, self._view_of(operation), methods=[operation.method])

    def _view_of(self, operation: Operation) -> Callable[..., Response]:
        def view(**path: str) -> Response:
            self.require_same_origin()
            if not operation.public:
                this_request().principal = self._require_let_in(operation)
            arguments: dict[str, Any] = {**path, **_parse_query(operation.query)}
            if operation.body:
                began = monotonic()
                arguments["body"] = parse_body(operation.body)
                if not operation.public and monotonic() - began > LET_IN_SECONDS:
                    this_request().principal = self._require_let_in(operation)
            with acting(_actor()):
                return _answer(operation, operation.view(**arguments))

        return view

    def require_same_origin(self) -> None:
        """A browser page of another origin must not act with this person's cookie; an API key is no cookie."""
        asked = this_request()
        if asked.method not in WRITES or sent_api_key():
            return
        origin = asked.headers.get("Origin")
        if origin is None and asked.headers.get("Sec-Fetch-Site") not in (None, "same-origin", "none"):
            raise NotAllowed("This request comes from another site.")
        if not origin_allowed(origin, asked.host, asked.scheme, self._config.allowed_origins):
            raise NotAllowed(f"The origin {origin!r} is not allowed; see ALLOWED_ORIGINS in the README.")

    def _require_let_in(self, operation: Operation) -> Principal:
        return self.require_principal() if operation.unlocked else self.require_unlocked()

    def require_unlocked(self) -> Principal:
        """Raises `NotSignedIn`, and `NotAllowed` for whoever must change their password first."""
        found = self.require_principal()
        if found.must_change_password:
            raise NotAllowed(CHANGE_FIRST)
        return found

    def find_principal(self) -> Principal | None:
        """By API key if one was sent, else by the session cookie."""
        if key := sent_api_key():
            return self._sign_ins.find_key(key)
        cookie = request.cookies.get(SESSION_COOKIE)
        return self._sign_ins.find_session(cookie) if cookie else None

    def require_principal(self) -> Principal:
        """Raises `NotSignedIn`."""
        principal = self.find_principal()
        if principal is None:
            raise NotSignedIn("Sign in first, or send a valid API key as “Authorization: Bearer rt_…”.")
        return principal


def _actor() -> Actor:
    """Who calls the current operation, for the audit log."""
    asked = this_request()
    address = asked.remote_addr or ""
    if asked.principal is None:
        return Actor(address=address)
    person = asked.principal.user
    return Actor(person.id, person.username, person.display_name, address)


def sent_api_key() -> str | None:
    """The API key of the request, valid or not."""
    sent = this_request().headers
    scheme, _, token = sent.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else sent.get("X-API-Key")


def _answer(operation: Operation, value: Any) -> Response:
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(status=204)
    if isinstance(value, tuple):
        return json_answer(*value)
    return json_answer(value, operation.status)


def principal() -> Principal:
    """Who calls the current operation, which is not public."""
    found = this_request().principal
    assert found
    return found


def user() -> wire.User:
    return principal().user


def require_admin() -> None:
    if not may_administer(is_admin=user().is_admin):
        raise NotAllowed("Only an admin of this server may do this.")


def parse_body(model: type[M]) -> M:
    """The JSON body as its wire model. Raises `InvalidInput` that names the field."""
    asked = this_request()
    if asked.content_type != "application/json" and not asked.is_json:
        raise InvalidInput("Send JSON, with “Content-Type: application/json”.")
    try:
        if asked.content_length is None:
            raise InvalidInput("Send the body in one piece, with a Content-Length.")
        data = orjson.loads(read_body(asked, asked.content_length))
    except orjson.JSONDecodeError as problem:
        raise InvalidInput(f"The body is not valid JSON: {problem.msg}.") from None
    return parse_input(model, data)


def _parse_query(parameters: dict[str, type]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in parameters.items():
        raw = request.args.get(name)
        if raw is None:
            continue
        if kind is int and not (raw.isascii() and raw.isdigit() and len(raw) < 16):
            raise InvalidInput(f"{name}: write a whole number, 0 or more.", field=name)
        found[name] = kind(raw)
    return found
