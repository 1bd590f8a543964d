"""The one user of `requests`: JSON calls and line streams to a backend, which end the moment their token is cancelled.

Knows no backend: it raises `Refused` (the answer was an error) and `Broken` (the answer stopped halfway), which the
backends turn into a `ModelError` that says what to do, and `ModelUnreachable` when there was no answer at all.
"""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
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
from chat.llm.json_values import parsed

CONNECT_SECONDS = 3.0
SHORT_SECONDS = 2.0
# A streaming answer may be silent for as long as a model loads; the caller's watchdog decides. This only ends leaks.
SAFETY_SECONDS = 3600.0
MAX_LINE_BYTES = 1024 * 1024
MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_ERROR_BYTES = 64 * 1024
_READ_BYTES = 64 * 1024
BUFFERED_SECONDS = 0.0003
GATHER_SECONDS = 0.016  # that a fast stream is left to itself; text is sent on half as often
_TRANSPORT_ERRORS = (requests.RequestException, HTTPError, HTTPException, OSError)

Opened = Callable[[Any], None]


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
        with self._open("GET", path, None, cancel, timeout) as response, _naming_cancel(cancel):
            return _json_body(response, time.monotonic() + timeout)

    def post_json(self, path: str, body: Any, cancel: CancelToken, *, timeout: float = SAFETY_SECONDS) -> Any:
        """The JSON answer to `body`; ends at once when cancelled."""
        with self._open("POST", path, body, cancel, timeout) as response, _naming_cancel(cancel):
            return _json_body(response, time.monotonic() + timeout)

    def send(self, method: str, path: str, body: Any, cancel: CancelToken) -> None:
        """A request whose answer is only that it was done."""
        with self._open(method, path, body, cancel, SAFETY_SECONDS), _naming_cancel(cancel):
            pass

    @contextmanager
    def stream(self, path: str, body: Any, cancel: CancelToken, *, method: str = "POST") -> Iterator[Iterator[str]]:
        """Enters when the status is known to be good; gives the lines of the answer, without their ends."""
        with self._open(method, path, body, cancel, SAFETY_SECONDS) as response, _naming_cancel(cancel):
            yield _lines(response, cancel)

    @contextmanager
    def _open(
        self, method: str, path: str, body: Any, cancel: CancelToken, read_timeout: float
    ) -> Iterator[requests.Response]:
        cancel.raise_if_cancelled()
        forget: list[Callable[[], None]] = []
        # One session per request: its connection is ours alone, so a cancelled token can never hit another request.
        session = _session(lambda sock: forget.append(cancel.on_cancel(lambda: _shut(sock))))
        try:
            response = self._send(session, method, path, body, read_timeout, cancel)
            try:
                _require_success(response)
                yield response
            finally:
                response.close()
        finally:
            session.close()
            for take_back in forget:
                take_back()

    def _send(
        self, session: requests.Session, method: str, path: str, body: Any, read_timeout: float, cancel: CancelToken
    ) -> requests.Response:
        try:
            return session.request(
                method,
                self.url + path,
                json=body,
                headers=self._headers,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS if read_timeout > SHORT_SECONDS else SHORT_SECONDS, read_timeout),
            )
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


def _session(opened: Opened) -> requests.Session:
    session = _Session()
    session.trust_env = False
    adapter = _WatchedAdapter(opened)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: a redirect that is not followed would still be read to its end, and its address be parsed."""


class _WatchedAdapter(HTTPAdapter):
    """Tells `opened` about each socket as soon as it is connected, before anything is sent on it."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._pools: list[HTTPConnectionPool] = []
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(type(pool).ConnectionCls, self._opened)
        self._pools.append(pool)
        return pool  # type: ignore[no-any-return]  # Any above: the class of a pool's connections is set per pool

    def close(self) -> None:
        # The manager only forgets its pools; without this their connections would wait for the garbage collector.
        for pool in self._pools:
            pool.close()
        super().close()


def _watched(base: type[HTTPConnection], opened: Opened) -> type[HTTPConnection]:
    class Watched(base):  # type: ignore[misc, valid-type]  # the base is http's or https' connection class
        def connect(self) -> None:
            super().connect()
            opened(self.sock)

    return Watched


def _shut(sock: Any) -> None:
    # shutdown wakes a thread that is blocked in recv, close would not.
    with suppress(OSError, ValueError):
        sock.shutdown(socket.SHUT_RDWR)


def _was_connected(error: requests.ConnectionError) -> bool:
    text = str(error)
    return "Connection aborted" in text or "RemoteDisconnected" in text or "Connection broken" in text


def _require_success(response: requests.Response) -> None:
    status = response.status_code
    if status < 300:
        return
    if status < 400:
        raise Refused(status, f"answered with a redirect to {response.headers.get('Location', 'nowhere')}")
    try:
        body = _body(response, MAX_ERROR_BYTES, time.monotonic() + SHORT_SECONDS)
    except Broken:
        body = b""
    text = error_text(body) or f"HTTP {status} {response.reason}"
    raise Refused(status, text, error_code(body), _seconds(response.headers.get("Retry-After")))


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() else None


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it arrives. `read1` gives what is there; `iter_content` would wait for a full buffer."""
    try:
        while data := response.raw.read1(_READ_BYTES):
            yield data
    except (*_TRANSPORT_ERRORS, ValueError) as error:
        raise Broken(str(error)) from error


def _body(response: requests.Response, limit: int, deadline: float) -> bytes:
    body = b""
    for piece in _pieces(response):
        body += piece
        if len(body) > limit:
            raise Refused(502, f"The answer is larger than {limit} bytes.")
        if time.monotonic() > deadline:
            raise Broken("the answer came too slowly")
    return body


def _json_body(response: requests.Response, deadline: float) -> Any:
    body = _body(response, MAX_BODY_BYTES, deadline)
    try:
        return parsed(body)
    except ValueError as error:
        raise Refused(502, "The answer is not JSON.") from error


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, without waking up for each: whoever gets a token every two milliseconds reads several at once.

    A wait for the next piece that was short, but no mere look into the buffer, is a fast stream.
    """
    asked = time.monotonic()
    for piece in pieces:
        waited = time.monotonic() - asked
        yield piece
        if BUFFERED_SECONDS < waited < GATHER_SECONDS:
            time.sleep(GATHER_SECONDS)
        asked = time.monotonic()


def _lines(response: requests.Response, cancel: CancelToken) -> Iterator[str]:
    rest = b""
    for piece in _gathered(_pieces(response)):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            cancel.raise_if_cancelled()
            yield _decoded(line)
        if len(rest) > MAX_LINE_BYTES:
            raise Refused(502, f"A line of the answer is longer than {MAX_LINE_BYTES} bytes.")
    cancel.raise_if_cancelled()
    if not rest.strip():
        return
    if not rest.rstrip().endswith((b"}", b"[DONE]")):
        raise Broken("the answer ended in the middle of a line")
    yield _decoded(rest)


def _decoded(line: bytes) -> str:
    # A whole line never splits a character, so what cannot be decoded is the backend's garbage, not ours.
    return line.decode("utf-8", "replace").rstrip("\r")
