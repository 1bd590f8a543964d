"""The one user of `requests`: JSON calls and line streams to a backend, which end the moment their token is cancelled.

Knows no backend: it raises `Refused` (the answer was an error) and `Broken` (the answer stopped halfway), which the
backends turn into a `ModelError` that says what to do, and `ModelUnreachable` when there was no answer at all.
"""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPException
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from chat.errors import ModelUnreachable
from chat.llm.base import CancelToken
from chat.llm.error_text import ASK_AGAIN, error_code, error_text
from chat.llm.http_body import Body
from chat.llm.json_values import parsed

CONNECT_SECONDS = 3.0
SHORT_SECONDS = 2.0
# A streaming answer may be silent for as long as a model loads; the caller's watchdog decides. This only ends leaks.
SAFETY_SECONDS = 3600.0
PAUSE = ""
MAX_LINE_BYTES = 1024 * 1024
MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_ERROR_BYTES = 64 * 1024
BUFFERED_SECONDS = 0.0003
QUICK_SECONDS = 0.005
QUICK_PIECES = 8
GATHER_SECONDS = 0.016  # that a fast stream is left to itself; text is sent on half as often
_TRANSPORT_ERRORS = (requests.RequestException, HTTPError, HTTPException, OSError)


class Refused(Exception):
    """The backend answered with an error: `status` of HTTP, `text` for people, `code` where it gave one."""

    def __init__(self, status: int, text: str, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{status} {text}")
        self.status, self.text, self.code, self.retry_after = status, text, code, retry_after


class Broken(Exception):
    """The answer ended before it was complete."""


class Http:
    """Requests to one backend. `advice` ends the message of `ModelUnreachable`: what a person can do about it."""

    def __init__(self, url: str, title: str, *, advice: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self.title = title
        self._advice = advice
        self._headers = {"Accept-Encoding": "identity", **(headers or {})}

    def get_json(self, path: str, cancel: CancelToken | None = None, *, timeout: float = SHORT_SECONDS) -> Any:
        """The JSON at `path`, all of it within about `timeout` seconds. Raises Refused, Broken or ModelUnreachable."""
        cancel = cancel or CancelToken()
        with self._open("GET", path, None, cancel, timeout) as answer, _naming_cancel(cancel):
            return _json_body(answer.body, time.monotonic() + timeout)

    def post_json(self, path: str, body: Any, cancel: CancelToken, *, timeout: float = SAFETY_SECONDS) -> Any:
        """The JSON answer to `body`; ends at once when cancelled."""
        with self._open("POST", path, body, cancel, timeout) as answer, _naming_cancel(cancel):
            return _json_body(answer.body, time.monotonic() + timeout)

    def send(self, method: str, path: str, body: Any, cancel: CancelToken) -> None:
        """A request whose answer is only that it was done."""
        with self._open(method, path, body, cancel, SAFETY_SECONDS), _naming_cancel(cancel):
            pass

    @contextmanager
    def stream(self, path: str, body: Any, cancel: CancelToken, *, method: str = "POST") -> Iterator[Iterator[str]]:
        """Enters when the status is known to be good; gives the lines of the answer, without their ends.

        Blank ones are left out; there is a `PAUSE` whenever the next line is not here yet.
        """
        with self._open(method, path, body, cancel, SAFETY_SECONDS) as answer, _naming_cancel(cancel):
            yield _lines(_pieces(answer.body), cancel)

    @contextmanager
    def _open(
        self, method: str, path: str, body: Any, cancel: CancelToken, read_timeout: float
    ) -> Iterator["_Exchange"]:
        cancel.raise_if_cancelled()
        exchange = _Exchange(cancel)
        try:
            response = self._send(exchange, method, path, body, read_timeout, cancel)
            try:
                _require_success(response, exchange.body)
                yield exchange
            finally:
                response.close()
        finally:
            exchange.close()

    def _send(
        self, exchange: "_Exchange", method: str, path: str, body: Any, read_timeout: float, cancel: CancelToken
    ) -> requests.Response:
        request = requests.PreparedRequest()
        request.prepare(method, self.url + path, self._headers, json=body)
        timeout = (CONNECT_SECONDS if read_timeout > SHORT_SECONDS else SHORT_SECONDS, read_timeout)
        try:
            # Without a session: no redirects, no cookies, no proxies and no netrc of the environment.
            return exchange.send(request, stream=True, timeout=timeout)
        except _TRANSPORT_ERRORS as error:
            cancel.raise_if_cancelled()
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> ModelUnreachable:
        if isinstance(error, requests.ReadTimeout):
            return ModelUnreachable(f"{self.title} at {self.url} does not answer. {self._advice}".strip())
        if isinstance(error, requests.exceptions.SSLError):
            return ModelUnreachable(f"{self.title} at {self.url} has no valid certificate: {error}")
        if isinstance(error, requests.ConnectionError) and _was_connected(error):
            return ModelUnreachable(f"{self.title} at {self.url} closed the connection without an answer. {ASK_AGAIN}")
        return ModelUnreachable(f"{self.title} is not running at {self.url}. {self._advice}".strip())


@contextmanager
def _naming_cancel(cancel: CancelToken) -> Iterator[None]:
    """A connection that our own token closed is no failure of the backend."""
    try:
        yield
    except (Broken, Refused):
        cancel.raise_if_cancelled()
        raise


class _Exchange(HTTPAdapter):
    """One request and its answer on a connection of their own, so that a token can never hit another request.

    The token knows the socket as soon as it is connected, before anything is sent on it.
    """

    body: Body

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel
        self._forget: list[Callable[[], None]] = []
        self._pools: list[HTTPConnectionPool] = []
        super().__init__(pool_connections=1, pool_maxsize=1)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(type(pool).ConnectionCls)
        pool.conn_kw["exchange"] = self
        self._pools.append(pool)
        return pool  # type: ignore[no-any-return]  # Any above: the class of a pool's connections is set per pool

    def opened(self, sock: Any) -> None:
        self._forget.append(self._cancel.on_cancel(lambda: _shut(sock)))

    def close(self) -> None:
        # The manager only forgets its pools; without this their connections would wait for the garbage collector.
        for pool in self._pools:
            pool.close()
        super().close()
        for take_back in self._forget:
            take_back()


@cache
def _watched(base: type[HTTPConnection]) -> type[HTTPConnection]:
    """Connections that tell their exchange about their socket and the answer's body."""

    class Watched(base):  # type: ignore[misc, valid-type]  # the base is http's or https' connection class
        def __init__(self, *args: Any, exchange: _Exchange, **named: Any) -> None:
            super().__init__(*args, **named)
            self._exchange = exchange

        def connect(self) -> None:
            super().connect()
            self._exchange.opened(self.sock)

        def response_class(self, *args: Any, **named: Any) -> Body:
            """What the standard library makes its answers with."""
            self._exchange.body = Body(*args, **named)
            return self._exchange.body

    return Watched


def _shut(sock: Any) -> None:
    # shutdown wakes a thread that is blocked in recv, close would not.
    with suppress(OSError, ValueError):
        sock.shutdown(socket.SHUT_RDWR)


def _was_connected(error: requests.ConnectionError) -> bool:
    text = str(error)
    return "Connection aborted" in text or "RemoteDisconnected" in text or "Connection broken" in text


def _require_success(response: requests.Response, body: Body) -> None:
    status = response.status_code
    if status < 300:
        return
    if status < 400:
        raise Refused(status, f"answered with a redirect to {response.headers.get('Location', 'nowhere')}")
    try:
        said = _whole(body, MAX_ERROR_BYTES, time.monotonic() + SHORT_SECONDS)
    except Broken:
        said = b""
    text = error_text(said) or f"HTTP {status} {response.reason}"
    raise Refused(status, text, error_code(said), _seconds(response.headers.get("Retry-After")))


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() else None


def _pieces(body: Body) -> Iterator[bytes]:
    """The body as it arrives."""
    try:
        while data := body.gulp():
            yield data
    except (HTTPException, OSError, ValueError) as error:
        raise Broken(str(error)) from error


def _whole(body: Body, limit: int, deadline: float) -> bytes:
    came = b""
    for piece in _pieces(body):
        came += piece
        if len(came) > limit:
            raise Refused(502, f"The answer is larger than {limit} bytes.")
        if time.monotonic() > deadline:
            raise Broken("the answer came too slowly")
    return came


def _json_body(body: Body, deadline: float) -> Any:
    try:
        return parsed(_whole(body, MAX_BODY_BYTES, deadline))
    except ValueError as error:
        raise Refused(502, "The answer is not JSON.") from error


def _paced(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; what is there already keeps nobody else from running, and a fast stream wakes us less often.

    A wait for the next piece that was short, but no mere look into the buffer, is a fast stream once it has happened
    often enough: the first words are never held back.
    """
    quick, asked = 0, time.monotonic()
    for piece in pieces:
        waited = time.monotonic() - asked
        yield piece
        if waited < BUFFERED_SECONDS:
            time.sleep(0)
        elif waited < QUICK_SECONDS:
            quick += 1
            if quick > QUICK_PIECES:
                time.sleep(GATHER_SECONDS)
        else:
            quick = 0
        asked = time.monotonic()


def _lines(pieces: Iterator[bytes], cancel: CancelToken) -> Iterator[str]:
    for batch in _batches(_paced(pieces)):
        for line in batch:
            if cancel.cancelled:
                cancel.raise_if_cancelled()
            yield line
        yield PAUSE
    cancel.raise_if_cancelled()


def _batches(pieces: Iterator[bytes]) -> Iterator[list[str]]:
    """The lines that each piece completes, without blank ones."""
    rest = b""
    for piece in pieces:
        whole, end, rest = (rest + piece).rpartition(b"\n")
        if end:
            yield _decoded(whole)
        if len(rest) > MAX_LINE_BYTES:
            raise Refused(502, f"A line of the answer is longer than {MAX_LINE_BYTES} bytes.")
    if not rest.strip():
        return
    if not rest.rstrip().endswith((b"}", b"[DONE]")):
        raise Broken("the answer ended in the middle of a line")
    yield _decoded(rest)


def _decoded(lines: bytes) -> list[str]:
    # Whole lines never split a character, so what cannot be decoded is the backend's garbage, not ours.
    return [line for line in lines.decode("utf-8", "replace").replace("\r", "").split("\n") if line.strip()]
