"""Flask without what it does for every request and nobody here uses."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.datastructures import Headers
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.routing import MapAdapter

from chat.db.ids import new_id
from chat.logs import logged_as
from chat.services.sign_ins import Principal
from chat.tracing import span


class LeanResponse(Response):
    """An answer with a body, whose headers are complete: none is looked for, and they are not copied for that."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        return self.headers


class LeanRequest(Request):
    """Knows its id, once somebody has asked for that, who asks, and when it began, in monotonic seconds."""

    id = ""
    principal: Principal | None = None
    began = 0.0


def this_request() -> LeanRequest:
    """The current request itself; each use of Flask's name for it would look it up again, through four functions."""
    return request._get_current_object()  # type: ignore[attr-defined, no-any-return]  # only the proxy has it


def is_program_path(path: str) -> bool:
    """Whether an address is one of the APIs, ours or OpenAI's, whose requests are counted and logged."""
    return path.startswith(("/api/", "/v1/"))


def read_body(request: Request, length: int) -> bytes:
    """The `length` bytes of the body, which are read once. Raises `RequestEntityTooLarge` or `ClientDisconnected`."""
    if request.max_content_length is not None and length > request.max_content_length:
        raise RequestEntityTooLarge
    data: bytes = request.environ["wsgi.input"].read(length)
    if len(data) < length:
        raise ClientDisconnected
    return data


class _NoSessions(SessionInterface):
    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self.make_null_session(app)


class LeanFlask(Flask):
    """No signed cookie is read, no function is asked whether it is asynchronous, and there are no blueprints.

    A route is found without working out the host's domains, on which none here depends.
    """

    request_class = LeanRequest
    session_interface = _NoSessions()
    headers: Sequence[tuple[str, str]] = ()  # of every answer

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, *self.headers], *error)

        return super().wsgi_app(environ, start)

    def full_dispatch_request(self, *context: Any) -> Response:
        """With an id from the start where the request is logged, so that everything it makes others log has it."""
        asked = this_request()
        if not is_program_path(asked.path):
            return super().full_dispatch_request(*context)
        asked.id = new_id()
        route = asked.url_rule.rule if asked.url_rule else "unknown"
        with logged_as(asked.id), span(f"{asked.method} {route}", "server", {"roundtable.request": asked.id}) as made:
            answer = super().full_dispatch_request(*context)
            made.note({"http.response.status_code": answer.status_code})
            return answer

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None:
            return super().create_url_adapter(request)
        return MapAdapter(
            self.url_map,
            server_name=request.host,
            script_name=request.root_path or "/",
            subdomain="",
            url_scheme=request.scheme,
            path_info=request.path,
            default_method=request.method,
            query_args=request.query_string.decode("latin-1"),
        )

    def preprocess_request(self) -> Any:
        for before in self.before_request_funcs.get(None, ()):
            if (answer := before()) is not None:
                return answer
        return None

    def process_response(self, response: Response) -> Response:
        for after in reversed(self.after_request_funcs.get(None, ())):
            response = after(response)
        return response
