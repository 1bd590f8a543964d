"""A collector of OpenTelemetry on loopback: takes traces by OTLP over HTTP, and shows what came."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

Value = str | int | float


@dataclass(frozen=True)
class Told:
    """One span. Times in nanoseconds since 1970; `parent` is the id of another one, or empty."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    began: int
    ended: int
    is_error: bool
    facts: dict[str, Value]
    service: str


class FakeCollector:
    """`said` are the bytes of all requests, `headers` those of the last one."""

    def __init__(self) -> None:
        self.spans: list[Told] = []
        self.said = b""
        self.headers: dict[str, str] = {}
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeCollector":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        spans = list(_spans(ExportTraceServiceRequest.FromString(body)))
        with self._changed:
            self.said += body
            self.headers = headers
            self.spans += spans
            self._changed.notify_all()

    def wait_for(self, is_it: Callable[[Told], bool], seconds: float = 20.0) -> Told:
        """The first span that fits, past or coming."""

        def found() -> Told | None:
            return next(filter(is_it, self.spans), None)

        with self._changed:
            span = self._changed.wait_for(found, seconds)
        assert span, [told.name for told in self.spans]
        return span

    def beneath(self, above: Told) -> list[Told]:
        """In the order in which they began."""
        with self._changed:
            below = [span for span in self.spans if span.parent == above.id and span.trace == above.trace]
        return sorted(below, key=lambda span: span.began)


def _spans(request: ExportTraceServiceRequest) -> Iterator[Told]:
    for part in request.resource_spans:
        service = {fact.key: _value(fact.value) for fact in part.resource.attributes}["service.name"]
        for scope in part.scope_spans:
            for span in scope.spans:
                yield Told(
                    name=span.name,
                    kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    began=span.start_time_unix_nano,
                    ended=span.end_time_unix_nano,
                    is_error=span.status.code == Status.STATUS_CODE_ERROR,
                    facts={fact.key: _value(fact.value) for fact in span.attributes},
                    service=str(service),
                )


def _value(value: AnyValue) -> Value:
    found: Value = getattr(value, value.WhichOneof("value") or "string_value")
    return found


def _handler_for(collector: FakeCollector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf":
                collector.take(body, dict(self.headers))
                self.send_response(200)
            else:
                self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """What came is shown by `spans`."""

    return Handler
