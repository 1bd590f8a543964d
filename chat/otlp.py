"""Spans to a collector, by OTLP over HTTP. Nothing else imports OpenTelemetry, and nobody this without the setting.

Its own processor of batches has a thread whose locks gevent and eventlet replace, and is known to fail there; here
they are sent by a task like any other.
"""

import logging
from collections import deque

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.util.re import parse_env_headers

from chat import __version__
from chat.tracing import Collector, Facts, Kind, Span

SEND_SECONDS = 3.0  # that a collector may take, also when the server stops
BATCH = 128  # spans in one request: some 3 ms of work, in which nobody else runs
MOST = 4096  # that wait for a collector; after that the oldest are lost
_KINDS: dict[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}
log = logging.getLogger(__name__)


class Otlp:
    """Begins spans, and sends those that have ended."""

    def __init__(self, collector: Collector, process: str) -> None:
        """`process` tells this one from others of the same service."""
        self._endpoint = collector.endpoint
        told, service = parse_env_headers(collector.headers, liberal=True), collector.service
        self._exporter = OTLPSpanExporter(f"{self._endpoint}/v1/traces", headers=told, timeout=SEND_SECONDS)
        self._ended: deque[ReadableSpan] = deque(maxlen=MOST)
        resource = Resource({"service.name": service, "service.version": __version__, "service.instance.id": process})
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(_Gathering(self._ended))
        self._tracer = provider.get_tracer("roundtable", __version__)
        self._is_heard = True

    def begin(self, name: str, kind: Kind, above: str, facts: Facts) -> Span:
        return _Span(self._tracer.start_span(name, _context(above), _KINDS[kind], dict(facts)))

    def send(self) -> None:
        """All that have ended by now. What a collector does not take is lost, and said once."""
        for _ in range(-(-len(self._ended) // BATCH)):
            batch = [self._ended.popleft() for _ in range(min(BATCH, len(self._ended)))]
            was_heard, self._is_heard = self._is_heard, self._exporter.export(batch) is SpanExportResult.SUCCESS
            if was_heard and not self._is_heard:
                log.warning("the collector of traces at %s takes nothing", self._endpoint)
            elif self._is_heard and not was_heard:
                log.info("the collector of traces at %s is heard again", self._endpoint)
            if not self._is_heard:
                return

    def close(self) -> None:
        self.send()
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # of the library


class _Gathering(SpanProcessor):
    def __init__(self, ended: deque[ReadableSpan]) -> None:
        self._ended = ended

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            self._ended.append(span)


class _Span:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    @property
    def trace(self) -> str:
        of = self._span.get_span_context()
        return f"00-{of.trace_id:032x}-{of.span_id:016x}-{of.trace_flags:02x}"

    def note(self, facts: Facts) -> None:
        self._span.set_attributes(dict(facts))

    def fail(self, kind: str) -> None:
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        self._span.end()


def _context(trace: str) -> Context:
    """Empty where there is nothing above."""
    if not trace:
        return Context()
    _, trace_id, span_id, flags = trace.split("-")
    above = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=TraceFlags(int(flags, 16)))
    return set_span_in_context(NonRecordingSpan(above), Context())
