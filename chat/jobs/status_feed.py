"""Tells everybody what the models are doing: each change of a reply to its room, each change of the whole to all."""

import time

from chat import wire
from chat.background import Background
from chat.domain.reply_states import CLOSED_PHASES
from chat.events import Event, GlobalStatusChanged, MessageChanged, ReplyProgressed
from chat.jobs.answer import Answer
from chat.jobs.live_replies import LiveReply
from chat.jobs.program_phases import ProgramPhases
from chat.jobs.stopping import GOES_ON
from chat.llm.base import Phase, PhaseChunk, TextChunk
from chat.llm.status import ERROR_SECONDS, StatusBoard, status_of
from chat.publishing import Publisher

SPEED_EVERY = 1.0  # seconds between two reports of the writing speed
PROGRAMS_EVERY = 0.2  # seconds between two looks at what programs wait for, however many ask


class StatusFeed:
    """The one place from which `llmStatus` comes. Nothing is said twice in a row."""

    def __init__(
        self,
        board: StatusBoard,
        publisher: Publisher,
        background: Background,
        programs: ProgramPhases,
    ) -> None:
        self._board, self._publisher = board, publisher
        self._background, self._programs = background, programs
        programs.on_change = self._look_soon
        self._will_look = False
        self._last_public: str = ""
        self._speed_at: dict[str, float] = {}

    def report(self, live: LiveReply, chunk: PhaseChunk | TextChunk, answer: Answer, *, model: str) -> None:
        """A phase, or text: its first piece means that the model is writing, later ones tell the speed."""
        phase = self._writing(live) if isinstance(chunk, TextChunk) else chunk
        if phase and (isinstance(chunk, TextChunk) or not _same(live.status, phase)):
            self._tell(live, phase, answer.model or model, answer.backend)

    def _writing(self, live: LiveReply) -> PhaseChunk | None:
        now = time.monotonic()
        last = self._speed_at.get(live.reply_id)
        is_first = live.status is None or live.status.phase != "generating"
        if not is_first and last is not None and now - last < SPEED_EVERY:
            return None
        self._speed_at[live.reply_id] = now
        return PhaseChunk("generating", estimated=live.pieces_per_second() is not None)

    def _tell(self, live: LiveReply, chunk: PhaseChunk, model: str, backend: str | None) -> None:
        speed = live.pieces_per_second() if chunk.phase == "generating" else None
        status = status_of(
            chunk,
            at=time.time(),
            room=live.room_id,
            reply_id=live.reply_id,
            model=model,
            backend=backend,
            tokens_per_second=round(speed, 1) if speed else None,
        )
        self._publish(live, status)

    def end(
        self,
        live: LiveReply,
        phase: str,
        error: wire.ErrorBody | None,
        *,
        model: str,
        backend: str | None,
        goes_on: bool = False,
    ) -> None:
        """The reply is closed. A failure stays visible to everybody for a while."""
        self._speed_at.pop(live.reply_id, None)
        last: Phase = "done" if phase == "done" else "failed" if phase == "failed" else "stopped"
        status = status_of(
            PhaseChunk(last, message=error.message if error else GOES_ON if goes_on else ""),
            at=time.time(),
            room=live.room_id,
            reply_id=live.reply_id,
            model=model,
            backend=backend,
        )
        status.error = error
        self._publish(live, status)
        if last == "failed":
            self._background.spawn(self._forget_failure)

    def leave(self, live: LiveReply) -> None:
        """We are done with a reply that is not ours to tell of any more: only what we have told last is taken back."""
        self._speed_at.pop(live.reply_id, None)
        self._board.forget(live.reply_id, live.status)
        self._publish_global()

    def _publish(self, live: LiveReply, status: wire.LlmStatus) -> None:
        live.status = status
        self._board.update(live.reply_id, status)
        self._publisher.publish([ReplyProgressed(status)])
        self._publish_global()

    def hear(self, event: Event) -> None:
        """What other processes tell of their replies is a part of the whole."""
        match event:
            case ReplyProgressed(wire.LlmStatus(reply_id=str(reply_id)) as status):
                self._board.update(reply_id, status)
                self._publish_global()

    def on_closed(self, event: Event) -> None:
        """A reply that ended otherwise than by its own process: that one may be dead."""
        match event:
            case MessageChanged(wire.Message(id=reply_id, llm=wire.ReplyInfo(phase=phase))):
                if phase in CLOSED_PHASES:
                    self._board.forget(reply_id)
                    self._publish_global()

    def _publish_global(self) -> None:
        overall = self.overall()
        if overall.status != self._last_public:
            self._last_public = overall.status
            self._publisher.publish([GlobalStatusChanged(overall)])

    def _forget_failure(self) -> None:
        self._background.sleep(ERROR_SECONDS + 0.1)
        self._publish_global()

    def _look_soon(self) -> None:
        if not self._will_look:
            self._will_look = True
            self._background.spawn(self._look)

    def _look(self) -> None:
        self._background.sleep(PROGRAMS_EVERY)
        self._will_look = False
        self._publish_global()

    def overall(self) -> wire.LlmStatus:
        """The most urgent of all questions, as everybody may see it."""
        return self._board.most_urgent(also=self._programs.most_urgent())


def _same(status: wire.LlmStatus | None, chunk: PhaseChunk) -> bool:
    if status is None or status.phase != chunk.phase:
        return False
    told = (status.progress, status.estimated_time, status.queue_position, status.message)
    return told == (chunk.progress, chunk.eta_seconds, chunk.queue_position, chunk.message)
