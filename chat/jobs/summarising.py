"""Has the notes of rooms written: in the background, one at a time, behind all questions of people."""

import logging
import threading

from chat.background import Background
from chat.db.unit_of_work import Database
from chat.domain.reply_states import CLOSED_PHASES
from chat.errors import ModelError, NotStored
from chat.events import Event, MessageChanged, ReplyOpened, RoomMemoryChanged
from chat.jobs.answer import Answer
from chat.jobs.asking import Asker, Question
from chat.jobs.sharing import Claim, claim_alone
from chat.llm.base import ChatMessage, Options
from chat.llm.cancelling import Cancelled, CancelToken
from chat.services.addressees import AskRules, room_model
from chat.services.replies import AskedModel
from chat.services.summaries import Piece, keep_summary, list_outgrown, next_piece, room_models

EVERY_SECONDS = 1.0  # a look whether there is anything to do
MAX_TOKENS = 1_000
GIVES_WAY = 3  # times that one is put off for people; then it is written while they wait
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 60.0  # with people who are being answered, before it stands in line behind them
NOBODY = ""
log = logging.getLogger(__name__)


class Summarising:
    """`models` says which model a room has; what is to be done is read from the database, so that nothing is lost."""

    def __init__(
        self, db: Database, asker: Asker, models: AskRules, background: Background, claim: Claim = claim_alone
    ) -> None:
        self._db, self._asker, self._models, self._background = db, asker, models, background
        self._claim = claim
        self._lock = threading.Lock()
        self._waiting: dict[str, int] = {}  # rooms, and how often each was put off
        self._token = CancelToken()
        self._may_give_way = False  # what is being written
        self._accepting = True

    def on_event(self, event: Event) -> None:
        """A room is looked at after each answer in it, and when its note was changed; a subscriber."""
        if isinstance(event, ReplyOpened):
            if self._may_give_way:
                self._token.cancel()
        elif isinstance(event, MessageChanged) and event.message.llm and event.message.llm.phase in CLOSED_PHASES:
            self._look(event.message.room)
        elif isinstance(event, RoomMemoryChanged):
            self._look(event.change.room)

    def begin(self) -> None:
        """At the start, with what a stop has left."""
        with self._db.read() as read:
            for room_id in list_outgrown(read):
                self._look(room_id)
        self._background.every(EVERY_SECONDS, self.work)

    def shut_down(self) -> None:
        """Begins nothing more, and ends what is under way."""
        self._accepting = False
        self._token.cancel()

    def work(self) -> None:
        """Writes all notes that wait for it, one after the other."""
        for _ in range(len(self._waiting)):
            with self._lock:
                room_id = next(iter(self._waiting))
                put_off = self._waiting.pop(room_id)
            self._note(room_id, put_off)

    def _look(self, room_id: str, put_off: int = 0) -> None:
        with self._lock:
            self._waiting.setdefault(room_id, put_off)

    def _note(self, room_id: str, put_off: int) -> None:
        """Writes on until a prompt holds all that the note does not tell of; not while another process writes one."""
        let_go = self._claim("note")
        if let_go is None:
            return self._look(room_id, put_off)
        try:
            while self._accepting and self._add_piece(room_id, may_give_way=put_off < GIVES_WAY):
                pass
        except Cancelled:
            self._look(room_id, put_off + 1)
        except (ModelError, NotStored) as error:  # the next answer in the room is the next occasion
            log.info("the note of room %s is not written now: %s", room_id, error.message)
        finally:
            let_go()

    def _add_piece(self, room_id: str, *, may_give_way: bool) -> bool:
        with self._db.read() as read:
            model = room_model(self._models, room_models(read, room_id))
            piece = next_piece(read, room_id, self._asker.context_length(model.name))
        if piece is None:
            return False
        if may_give_way:
            self._wait_for_people()
        answer = self._ask(piece, model, may_give_way=may_give_way)
        if not answer.text.strip():
            return False
        is_kept = keep_summary(self._db, piece, answer.text, answer.model or model.name)
        log.info(
            "the note of room %s %s", room_id, "is written on" if is_kept else "is made anew: messages have changed"
        )
        return True

    def _wait_for_people(self) -> None:
        left = PATIENCE_SECONDS
        while left > 0 and self._accepting and self._asker.people_wait():
            self._background.sleep(LOOK_SECONDS)
            left -= LOOK_SECONDS

    def _ask(self, piece: Piece, model: AskedModel, *, may_give_way: bool) -> Answer:
        """Raises `ModelError`, and `Cancelled` when somebody asks a model meanwhile and it may give way."""
        question = Question(
            model=model.id,
            messages=tuple(ChatMessage(turn.role, turn.content) for turn in piece.question),
            user_id=NOBODY,
            scope=f"note:{piece.room_id}",
            options=Options(max_tokens=MAX_TOKENS),
            bypass_cache=True,
            room_id=piece.room_id,
            is_batch=True,
        )
        answer, self._token, self._may_give_way = Answer(), CancelToken(), may_give_way
        if not self._accepting:
            raise Cancelled
        try:
            for chunk in self._asker.ask(question, self._token):
                answer.take(chunk)
        finally:
            self._may_give_way = False
        return answer
