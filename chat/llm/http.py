"""HTTP to a backend: JSON calls and streams of lines, which end the moment their token is cancelled.

Knows no backend: it raises `Refused` (the answer was an error) and `Broken` (the answer stopped halfway), which the
backends turn into a `ModelError` that says what to do, and `ModelUnreachable` when there was no answer at all.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from http.client import HTTPException
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from chat.errors import ModelUnreachable
from chat.llm.cancelling import CancelToken
from chat.llm.error_text import ASK_AGAIN, error_code, error_text
from chat.llm.http_errors import Broken, Refused
from chat.llm.http_exchange import Exchange, WholeAnswer, shut
from chat.llm.http_lines import lines_of
from chat.llm.http_spares import Spares
from chat.llm.http_stream import Address, StreamAnswer
from chat.llm.json_values import parsed
from chat.llm.shown import hide, secrets_in, shown, shown_address
from chat.tracing import Span, leaf

CONNECT_SECONDS = 3.0
SHORT_SECONDS = 2.0
# A streaming answer may be silent for as long as a model loads; the caller's watchdog decides. This only ends leaks.
SAFETY_SECONDS = 3600.0
MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_ERROR_BYTES = 64 * 1024
_TRANSPORT_ERRORS = (requests.RequestException, HTTPError, HTTPException, OSError)


class Http:
    """Requests to one backend. `url` is its address as people may see it, without a name and password in it.

    `advice` ends the message of `ModelUnreachable`: what a person can do about it.
    """

    def __init__(self, url: str, title: str, *, advice: str = "", headers: Mapping[str, str] | None = None) -> None:
        self._url, self.url = url.rstrip("/"), shown_address(url.rstrip("/"))
        hide([*secrets_in(url), *(value.rpartition(" ")[2] for value in (headers or {}).values())])
        self.title = title
        self._advice = advice
        self._headers = {"Accept-Encoding": "identity", **(headers or {})}
        self._address = Address(self._url, self._headers)
        self._spares = Spares()

    def get_json(self, path: str, cancel: CancelToken | None = None, *, timeout: float = SHORT_SECONDS) -> Any:
        """The JSON at `path`, all of it within about `timeout` seconds. Raises Refused, Broken or ModelUnreachable."""
        cancel = cancel or CancelToken()
        with self._open("GET", path, None, cancel, timeout) as answer, _naming_cancel(cancel):
            return _json_body(answer, time.monotonic() + timeout)

    def post_json(self, path: str, body: Any, cancel: CancelToken, *, timeout: float = SAFETY_SECONDS) -> Any:
        """The JSON answer to `body`; ends at once when cancelled."""
        with self._open("POST", path, body, cancel, timeout) as answer, _naming_cancel(cancel):
            return _json_body(answer, time.monotonic() + timeout)

    def send(self, method: str, path: str, body: Any, cancel: CancelToken) -> None:
        """A request whose answer is only that it was done."""
        with self._open(method, path, body, cancel, SAFETY_SECONDS), _naming_cancel(cancel):
            pass

    @contextmanager
    def stream(self, path: str, body: Any, cancel: CancelToken, *, method: str = "POST") -> Iterator[Iterator[str]]:
        """Enters when the status is known to be good; gives the lines of the answer, without their ends.

        Blank ones are left out; there is a `PAUSE` whenever the next line is not here yet.
        """
        with self._open_stream(method, path, body, cancel) as answer, _naming_cancel(cancel):
            yield lines_of(_pieces(answer), cancel)

    def tidy(self) -> None:
        """Ends the connections that were kept long enough; every look at the backend does."""
        self._spares.drop_old()

    def close(self) -> None:
        """Ends the connections that nobody uses now."""
        self._spares.close()

    def _span(self, method: str, path: str) -> AbstractContextManager[Span]:
        return leaf(f"{method} {path}", "client", {"http.request.method": method, "url.full": self.url + path})

    @contextmanager
    def _open_stream(self, method: str, path: str, body: Any, cancel: CancelToken) -> Iterator[StreamAnswer]:
        with self._span(method, path) as span, self._streaming(method, path, body, cancel) as answer:
            span.note({"http.response.status_code": answer.status})
            _require_success(answer)
            yield answer

    @contextmanager
    def _streaming(self, method: str, path: str, body: Any, cancel: CancelToken) -> Iterator[StreamAnswer]:
        """Whatever the status is."""
        cancel.raise_if_cancelled()
        sock, answer = self._begun(self._address.request(method, path, body), cancel)
        forget = cancel.on_cancel(lambda: shut(sock))
        can_stay = False
        try:
            yield answer
            can_stay = answer.leaves_open()
        finally:
            forget()
            self._spares.keep(sock) if can_stay and not cancel.cancelled else sock.close()

    def _begun(self, request: bytes, cancel: CancelToken) -> tuple[socket.socket, StreamAnswer]:
        """Asked on a spare connection if there is one. It may be closed just now: then once more on a new one."""
        if spare := self._spares.take():
            with suppress(ModelUnreachable):
                return spare, self._asked(spare, request, cancel)
        try:
            sock = self._address.connect(CONNECT_SECONDS)
        except OSError as error:
            cancel.raise_if_cancelled()
            raise self._unreachable(error) from error
        return sock, self._asked(sock, request, cancel)

    def _asked(self, sock: socket.socket, request: bytes, cancel: CancelToken) -> StreamAnswer:
        forget = cancel.on_cancel(lambda: shut(sock))
        try:
            sock.settimeout(SAFETY_SECONDS)
            sock.sendall(request)
            return StreamAnswer(sock)
        except (HTTPException, OSError) as error:
            sock.close()
            cancel.raise_if_cancelled()
            raise self._unreachable(error, was_connected=True) from error
        finally:
            forget()

    @contextmanager
    def _open(
        self, method: str, path: str, body: Any, cancel: CancelToken, read_timeout: float
    ) -> Iterator[WholeAnswer]:
        self.tidy()
        with self._span(method, path) as span, self._exchanged(method, path, body, cancel, read_timeout) as answer:
            span.note({"http.response.status_code": answer.status})
            _require_success(answer)
            yield answer

    @contextmanager
    def _exchanged(
        self, method: str, path: str, body: Any, cancel: CancelToken, read_timeout: float
    ) -> Iterator[WholeAnswer]:
        """Whatever the status is."""
        cancel.raise_if_cancelled()
        exchange = Exchange(cancel, read_timeout)
        try:
            response = self._send(exchange, method, path, body, read_timeout, cancel)
            try:
                yield WholeAnswer(response)
            finally:
                response.close()
        finally:
            exchange.close()

    def _send(
        self, exchange: Exchange, method: str, path: str, body: Any, read_timeout: float, cancel: CancelToken
    ) -> requests.Response:
        request = requests.PreparedRequest()
        request.prepare(method, self._url + path, self._headers, json=body)
        timeout = (CONNECT_SECONDS if read_timeout > SHORT_SECONDS else SHORT_SECONDS, read_timeout)
        try:
            # Without a session: no redirects, no cookies, no proxies and no netrc of the environment.
            return exchange.send(request, stream=True, timeout=timeout)
        except _TRANSPORT_ERRORS as error:
            cancel.raise_if_cancelled()
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception, *, was_connected: bool = False) -> ModelUnreachable:
        where = f"{self.title} at {self.url}"
        if isinstance(error, requests.ReadTimeout) or (was_connected and isinstance(error, TimeoutError)):
            return ModelUnreachable(f"{where} does not answer. {self._advice}".strip())
        if isinstance(error, requests.exceptions.SSLError | ssl.SSLError):
            return ModelUnreachable(f"{where} has no valid certificate: {error}")
        if was_connected or (isinstance(error, requests.ConnectionError) and _was_connected(error)):
            return ModelUnreachable(f"{where} closed the connection without an answer. {ASK_AGAIN}")
        return ModelUnreachable(f"{self.title} is not running at {self.url}. {self._advice}".strip())


@contextmanager
def _naming_cancel(cancel: CancelToken) -> Iterator[None]:
    """A connection that our own token closed is no failure of the backend."""
    try:
        yield
    except (Broken, Refused):
        cancel.raise_if_cancelled()
        raise


def _was_connected(error: requests.ConnectionError) -> bool:
    text = str(error)
    return "Connection aborted" in text or "RemoteDisconnected" in text or "Connection broken" in text


def _require_success(answer: WholeAnswer | StreamAnswer) -> None:
    status = answer.status
    if status < 300:
        return
    if status < 400:
        raise Refused(status, shown(f"answered with a redirect to {answer.getheader('Location') or 'nowhere'}"))
    try:
        said = _whole(answer, MAX_ERROR_BYTES, time.monotonic() + SHORT_SECONDS)
    except Broken:
        said = b""
    text = error_text(said) or shown(f"HTTP {status} {answer.reason}")
    raise Refused(status, text, error_code(said), _seconds(answer.getheader("Retry-After")))


def _seconds(header: str | None) -> float | None:
    """At most an hour, whatever a backend says; None for a date, which none of them sends."""
    return min(float(header), 3600.0) if header and header.isascii() and header.isdigit() else None


def _pieces(answer: WholeAnswer | StreamAnswer) -> Iterator[bytes]:
    """The body as it arrives."""
    try:
        while data := answer.gulp():
            yield data
    except (*_TRANSPORT_ERRORS, ValueError) as error:
        raise Broken(str(error)) from error


def _whole(answer: WholeAnswer | StreamAnswer, limit: int, deadline: float) -> bytes:
    came = bytearray()
    for piece in _pieces(answer):
        came += piece
        if len(came) > limit:
            raise Refused(502, f"The answer is larger than {limit} bytes.")
        if time.monotonic() > deadline:
            raise Broken("the answer came too slowly")
    return bytes(came)


def _json_body(answer: WholeAnswer, deadline: float) -> Any:
    try:
        return parsed(_whole(answer, MAX_BODY_BYTES, deadline))
    except ValueError as error:
        raise Refused(502, "The answer is not JSON.") from error
