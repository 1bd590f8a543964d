"""One question to a model, from whoever: cache, single flight, queue, backend, as one generator of chunks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from math import inf
from time import monotonic

from chat.errors import ModelError
from chat.jobs.choosing import Chooser
from chat.jobs.job_spans import attempt_spans
from chat.jobs.metering import metered
from chat.jobs.program_phases import ProgramPhases, Report
from chat.jobs.scheduler import Line, Scheduler, Ticket, Work
from chat.jobs.sharing import Sharing
from chat.jobs.stopping import see_stop
from chat.jobs.watchdog import Watchdog
from chat.llm.base import (
    CachedChunk,
    ChatMessage,
    ChatRequest,
    Chunk,
    DoneChunk,
    Options,
    PhaseChunk,
    RoutedChunk,
    Said,
    TextChunk,
    ToolCallChunk,
    Tooling,
)
from chat.llm.cache import CachedAnswer, cache_key, question_key
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.flights import Flights
from chat.llm.registry import ModelEntry, Registry
from chat.llm.router import Router, fall_over, may_fall_over
from chat.meters import AnswerMeters


@dataclass(frozen=True, slots=True)
class Question:
    """`scope` says with whom an answer may be shared: `room:<id>`, or `prompt` for a prompt that is all there is.

    `continues`: its last message is the beginning of the answer, and only the rest is wanted.
    `room_id` and `is_batch` (asked by a program, nobody looks on) say where it stands in line.
    `reply_id` is the message that it will become, for whoever looks at the line, and `job_id` the job that asks it.
    """

    model: str | None
    messages: tuple[ChatMessage, ...]
    user_id: str
    scope: str
    options: Options = field(default_factory=Options)
    tooling: Tooling = field(default_factory=Tooling)
    template: str | None = None
    bypass_cache: bool = False
    room_id: str | None = None
    reply_id: str | None = None
    job_id: str | None = None
    is_batch: bool = False
    continues: bool = False


class Asker:
    """Puts the parts of the model engine in their order."""

    def __init__(
        self,
        registry: Registry,
        router: Router,
        scheduler: Scheduler,
        chooser: Chooser,
        sharing: Sharing,
        flights: Flights,
        watchdog: Watchdog,
        look_again: Callable[[], object],
    ) -> None:
        """`look_again` is called when a model may have been loaded or another one put out for it."""
        self._registry, self._router, self._scheduler = registry, router, scheduler
        self._chooser = chooser
        self._sharing, self._cache = sharing, sharing.cache
        self._flights, self._watchdog = flights, watchdog
        self.programs = ProgramPhases()
        self.meters = AnswerMeters()
        self._look_again = look_again

    def ask(self, question: Question, cancel: CancelToken, tick_seconds: float | None = None) -> Iterator[Chunk]:
        """Which backend, then phases and text, then one `DoneChunk`. Raises `ModelError` or `Cancelled`.

        Equal questions in flight share one computation, which ends only when nobody follows it any more. With
        `tick_seconds` a silence is filled with a `TickChunk` that often.
        """
        entry, key, kept = self._choose(question)
        yield RoutedChunk(entry.name, entry.backend.name)
        self._cache.use.asked += 1
        if kept:
            self._cache.use.hit(kept)
            yield from (CachedChunk(kept.age_seconds), TextChunk(kept.text), kept.done)
            return
        yield from self._flights.follow(
            _flight(key, question), lambda token: self._compute(entry, question, key, token), cancel, tick_seconds
        )

    def _choose(self, question: Question) -> tuple[ModelEntry, str, CachedAnswer | None]:
        """Who answers, under which key, and the kept answer: whoever has one or is at it, else the best now."""
        asked = question_key(question.scope, question.messages, question.options, question.tooling, question.template)
        entries = self._registry.candidates(question.model)
        keys = [cache_key(asked, entry.backend.name, entry.name, entry.facts.version) for entry in entries]
        for entry, key in zip(entries, keys, strict=True):
            kept = None if question.bypass_cache else self._cache.get(key)
            if kept or self._flights.is_active(_flight(key, question)):
                return entry, key, kept
        best = self._chooser.best(entries)
        return best, keys[entries.index(best)], None

    @property
    def shared(self) -> int:
        """How many questions since the start were answered along with an equal one."""
        return self._flights.joined

    def lines(self) -> list[Line]:
        """The lines of all backends that have anything to do."""
        return self._scheduler.lines()

    def people_wait(self) -> bool:
        """Whether somebody is being answered or waits for it."""
        return self._scheduler.people_wait()

    def context_length(self, model: str) -> int | None:
        """How many tokens the model sees, if its backend says so; None also for a model that is not there now."""
        entry = next((e for e in self._registry.models() if e.name == model), None)
        return entry.facts.context_length if entry else None

    def context_for(self, wanted: str | None) -> int | None:
        """The same for whoever would be asked now. Raises as `ask` does when nobody can be."""
        return self._chooser.best(self._registry.candidates(wanted)).facts.context_length

    def _compute(self, entry: ModelEntry, question: Question, key: str, token: CancelToken) -> Iterator[Chunk]:
        if question.bypass_cache or question.continues:
            return self._compute_here(entry, question, key, token)
        here = partial(self._compute_here, entry, question, key, token)
        return self._sharing.once(key, _flight(key, question), token, here)

    def _compute_here(self, entry: ModelEntry, question: Question, key: str, token: CancelToken) -> Iterator[Chunk]:
        self._cache.use.computed += 1
        chunks = self._wherever(entry, question, token)
        yield from self._looking(chunks if question.continues else self._keeping(key, chunks))

    def _wherever(self, entry: ModelEntry, question: Question, token: CancelToken) -> Iterator[Chunk]:
        """The answer of `entry`, or, if that fails before any text, of whoever may stand in for it."""
        others = self._registry.stand_ins(entry, question.model)
        has_text = False
        while True:
            try:
                for chunk in self._in_turn(entry, question, token, may_retry=not others):
                    has_text = has_text or isinstance(chunk, Said)
                    yield chunk
                return
            except ModelError as error:
                token.raise_if_cancelled()
                if has_text or not others or not may_fall_over(error):
                    raise
                failed = error
            entry = self._chooser.best(others)
            others = [other for other in others if other.backend.name != entry.backend.name]
            yield from fall_over(failed, entry)

    def _in_turn(
        self, entry: ModelEntry, question: Question, token: CancelToken, *, may_retry: bool
    ) -> Iterator[Chunk]:
        """The answer of one backend, once it has a slot; at the end, whichever it is, the slot is free again."""
        asked = (question.messages, question.options, question.tooling, question.continues)
        request = ChatRequest(entry.facts.name, *asked)
        slots = (entry.backend.name, entry.backend.parallelism)
        who, work = (question.user_id, question.room_id), Work(entry.name, question.reply_id, question.job_id)
        came = monotonic()
        place = self._scheduler.place(*slots, *who, is_batch=question.is_batch, work=work)
        with self._reporting(entry, question) as report, place as ticket, attempt_spans(entry) as phases:
            for position in ticket.positions(token):
                eta = self._chooser.start_seconds(slots[0], entry.name, slots[1], position)
                queued = PhaseChunk("queued", queue_position=position, eta_seconds=eta, estimated=eta is not None)
                report(queued)
                yield queued
            self.meters.queued[slots[0]].add(monotonic() - came)
            chunks = self._router.generate(entry, request, token, may_retry=may_retry)
            watched = self._watchdog.watch(chunks, token, entry.name)
            seen = self._noting_load(slots[0], ticket, self._seeing_stop(entry, token, watched))
            yield from metered(self.meters, slots[0], self._learning(entry, phases.from_slot(seen), report))

    def _reporting(self, entry: ModelEntry, question: Question) -> AbstractContextManager[Report]:
        """What a reply in a room is at is told by its job."""
        return self.programs.reporting(entry) if question.room_id is None else nullcontext(lambda chunk: None)

    def _noting_load(self, backend: str, ticket: Ticket, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The same chunks; whoever waits behind is told while the model is being loaded."""
        for chunk in chunks:
            loaded_at = None
            if isinstance(chunk, PhaseChunk) and chunk.phase == "loading":
                loaded_at = inf if chunk.eta_seconds is None else monotonic() + chunk.eta_seconds
            self._scheduler.note_load(backend, ticket, loaded_at)
            yield chunk

    def _seeing_stop(self, entry: ModelEntry, token: CancelToken, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The same chunks. The slot of one that was cut off is held until its backend is seen to have stopped.

        Otherwise the next question would wait inside the backend, where nobody sees it.
        """
        try:
            yield from chunks
        except (Cancelled, ModelError) as end:
            if token.cancelled and not see_stop(entry.backend, entry.name) and isinstance(end, Cancelled):
                raise Cancelled(goes_on=True) from None
            raise

    def _learning(self, entry: ModelEntry, chunks: Iterator[Chunk], report: Report) -> Iterator[Chunk]:
        """The same chunks; phases are reported, and how long a complete answer took is remembered, without its load."""
        began = monotonic()
        for chunk in chunks:
            if isinstance(chunk, PhaseChunk):
                report(chunk)
            elif isinstance(chunk, DoneChunk):
                seconds = monotonic() - began - (chunk.load_ms or 0) / 1000
                self._chooser.learn(entry, max(0.0, seconds), chunk.tokens_per_second)
            yield chunk

    def _looking(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The same chunks; the list of loaded models is looked at again when a load begins and when it has ended."""
        is_loading = False
        for chunk in chunks:
            was_loading = is_loading
            if isinstance(chunk, PhaseChunk):
                is_loading = chunk.phase == "loading"
            if is_loading != was_loading:
                self._look_again()
            yield chunk

    def _keeping(self, key: str, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The same chunks; a complete answer is kept, unless another backend gave it or it asks for a tool."""
        texts: list[str] = []
        began = monotonic()
        is_more = False  # than text of the backend that the key names
        for chunk in chunks:
            is_more = is_more or isinstance(chunk, RoutedChunk | ToolCallChunk)
            if isinstance(chunk, TextChunk):
                texts.append(chunk.text)
            if isinstance(chunk, DoneChunk) and not is_more:
                self._cache.put(key, "".join(texts), chunk, monotonic() - began)
            yield chunk


def _flight(key: str, question: Question) -> str:
    """Who waits for an answer must not stand in the line of programs because one of them asked first."""
    kind = f"{key}:batch" if question.is_batch else key
    return f"{kind}:fresh" if question.bypass_cache else kind
