"""`GET /metrics`, for Prometheus: what was counted elsewhere, put into its words when it asks."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from werkzeug.wrappers import Request

from chat.errors import NotSignedIn
from chat.events import Event, MessagePosted
from chat.jobs.asking import Asker
from chat.llm.cache import ResponseCache
from chat.llm.model_list import ModelList
from chat.meters import Histogram, Meters, Traffic
from chat.rate_limits import RateLimits
from chat.web.api import Api, Operation, require_admin, sent_api_key
from chat.web.lean import this_request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PLAIN_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class ModelSources:
    """Where the numbers of whoever asks models are: a server, or a worker."""

    asker: Asker
    cache: ResponseCache
    models: ModelList


@dataclass(frozen=True)
class ServerSources:
    """Where those of whoever serves people are."""

    meters: Meters
    limits: RateLimits
    traffic: Callable[[], Traffic]

    def on_event(self, event: Event) -> None:
        """Counts messages; a subscriber of the publisher."""
        if isinstance(event, MessagePosted):
            self.meters.posted["person" if event.message.llm is None else "model"] += 1


class Metrics:
    """For whoever sends `token` as a bearer token, and for admins: how many are here, and at what, is not for all.

    Without a token in the configuration for admins alone.
    """

    def __init__(self, sources: ServerSources, of_models: ModelSources, token: str) -> None:
        self._token = token
        self._registry = _registry(_ServerCollector(sources), _ModelCollector(of_models))

    def add_to(self, api: Api) -> None:
        self._api = api
        api.add(Operation("GET", "/metrics", self.metrics, "What Prometheus reads", public=True))

    def metrics(self) -> Response:
        if not _is_prometheus(sent_api_key(), self._token):
            self._require_admin()
        return _answer(self._registry)

    def _require_admin(self) -> None:
        try:
            this_request().principal = self._api.require_unlocked()
        except NotSignedIn:
            raise NotSignedIn("Send METRICS_TOKEN as “Authorization: Bearer …”, or sign in as an admin.") from None
        require_admin()


def worker_metrics(sources: ModelSources, token: str) -> "WSGIApplication":
    """The same for a worker, which nobody signs in to: a WSGI application for whoever sends `token`."""
    registry = _registry(_ModelCollector(sources))

    @Request.application
    def metrics(request: Request) -> Response:
        sent = request.authorization.token if request.authorization else None
        if not _is_prometheus(sent, token):
            return Response("Send METRICS_TOKEN as “Authorization: Bearer …”.\n", 401, content_type=PLAIN_TEXT)
        if request.path != "/metrics":
            return Response("There is nothing but /metrics.\n", 404, content_type=PLAIN_TEXT)
        return _answer(registry)

    return metrics


def _is_prometheus(sent: str | None, token: str) -> bool:
    return bool(token) and hmac.compare_digest((sent or "").encode(), token.encode())


def _answer(registry: CollectorRegistry) -> Response:
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _registry(*collectors: Collector) -> CollectorRegistry:
    """With what is known of the process itself."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    ProcessCollector(registry=registry)
    return registry


class _Undescribed(Collector):
    def describe(self) -> Iterable[Metric]:
        """Nothing: it would be asked for all numbers at the start only to learn their names."""
        return ()


class _ServerCollector(_Undescribed):
    def __init__(self, sources: ServerSources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        meters, traffic = self._sources.meters, self._sources.traffic()
        yield _gauge("connections", "Open sockets", traffic.sockets)
        yield _gauge("people", "People with at least one open socket", traffic.people)
        yield _counters("messages", "Messages posted, by who wrote them", "author", meters.posted)
        yield _counter("deliveries", "Packets sent to one client each", traffic.packets)
        yield _counter("slow_clients_dropped", "Connections closed because their client did not read", traffic.dropped)
        yield _histograms("event_seconds", "From a Socket.IO event to its ack", "event", meters.events)
        yield _histograms("request_seconds", "From a request to the API to its answer", "status", meters.requests)
        lag = HistogramMetricFamily("roundtable_hub_lag_seconds", "How late the event loop was, twenty times a second")
        _add(lag, (), meters.loop_lag)
        yield lag
        yield _counters("refusals", "What was refused for coming too often", "limit", self._sources.limits.refused)


class _ModelCollector(_Undescribed):
    def __init__(self, sources: ModelSources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        yield from self._questions()
        yield from self._backends()

    def _questions(self) -> Iterator[Metric]:
        use = self._sources.cache.use
        yield _counter("questions", "Questions to models", use.asked)
        yield _counter("cache_hits", "Questions answered from the cache", use.hits)
        yield _counter("shared_answers", "Questions answered along with an equal one", self._sources.asker.shared)
        yield _gauge("cached_bytes", "Size of the answers in the cache", self._sources.cache.size()[1])
        answers = self._sources.asker.meters
        ended = CounterMetricFamily(
            "roundtable_answers", "What became of questions that backends got", labels=("backend", "outcome")
        )
        tokens = CounterMetricFamily("roundtable_tokens", "Tokens that backends counted", labels=("backend", "kind"))
        for family, counts in ((ended, answers.ended), (tokens, answers.tokens)):
            for labels, count in list(counts.items()):
                family.add_metric(labels, count)
            yield family
        yield _histograms("queue_wait_seconds", "In line, until a backend had a slot", "backend", answers.queued)
        yield _histograms("load_seconds", "Loads that somebody waited for", "backend", answers.loads)
        yield _histograms("first_text_seconds", "From the slot to the first text", "backend", answers.first)
        yield _histograms("tokens_per_second", "How fast answers were written", "backend", answers.speeds)

    def _backends(self) -> Iterator[Metric]:
        states, lines = self._sources.models.states(), self._sources.asker.lines()
        up = {state.name: int(state.reachable) for state in states}
        yield _gauges("backend_up", "Whether the backend answered last time", up)
        none = dict.fromkeys(up, 0)
        waiting = {line.backend: len(line.waiting) for line in lines}
        running = {line.backend: len(line.running) for line in lines}
        yield _gauges("questions_waiting", "Questions in line", none | waiting)
        yield _gauges("questions_running", "Questions that a backend is at", none | running)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"roundtable_{name}", about, value=value)


def _gauges(name: str, about: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"roundtable_{name}", about, labels=("backend",))
    for backend, value in values.items():
        family.add_metric((backend,), value)
    return family


def _counter(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(f"roundtable_{name}", about, value=value)


def _counters(name: str, about: str, label: str, counts: Mapping[Any, int]) -> Metric:
    family = CounterMetricFamily(f"roundtable_{name}", about, labels=(label,))
    for value, count in list(counts.items()):
        family.add_metric((value,), count)
    return family


def _histograms(name: str, about: str, label: str, histograms: Mapping[str, Histogram]) -> Metric:
    family = HistogramMetricFamily(f"roundtable_{name}", about, labels=(label,))
    for value, histogram in list(histograms.items()):
        _add(family, (value,), histogram)
    return family


def _add(family: HistogramMetricFamily, labels: tuple[str, ...], histogram: Histogram) -> None:
    """Prometheus wants each bucket to hold the smaller ones as well."""
    buckets, count = [], 0
    for bound, more in zip((*map(repr, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        count += more
        buckets.append((bound, count))
    family.add_metric(labels, buckets, sum_value=histogram.total)
