"""Questions that belong to no room: from the API and from `llm_request`. They live as long as who asked is there."""

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from time import monotonic
from typing import Generic, TypeVar

from cachetools import TTLCache

from chat import wire
from chat.background import Background
from chat.db.unit_of_work import Reader
from chat.errors import Conflict, InvalidInput, NotSignedIn, RoundtableError, internal_error
from chat.events import Event, SignInEnded
from chat.jobs.answer import Answer, options_of
from chat.jobs.asking import Asker, Question
from chat.jobs.socket_request import Send, Told
from chat.jobs.stopping import GOES_ON, SEE_SECONDS, STOPPED, server_stops
from chat.llm.base import ChatMessage, Chunk, RoutedChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.locks import ShortLock
from chat.logs import logged_as
from chat.services.templates import Used, key_of, options_for, rendered, require_use

T = TypeVar("T")
log = logging.getLogger(__name__)
# Only a write notices that a client has gone, at the latest the second one after it left.
TICK_SECONDS = 1.0
RECENTLY_ENDED, RECENT_SECONDS = 10_000, 600.0  # sign-ins whose requests may still be on their way to a model
SIGN_IN_ENDED = "Your sign-in has ended, and with it this question."


def question_of(tx: Reader, request: wire.Generate, user_id: str, *, is_batch: bool = False) -> Question:
    """A request as a question. Raises `InvalidInput` unless it has either a prompt or messages."""
    if (request.prompt is None) == (request.messages is None):
        raise InvalidInput("Send either “prompt” or “messages”.", field="prompt")
    if request.messages and (request.template or request.variables):
        raise InvalidInput("A template is for a “prompt”, not for “messages”.", field="template")
    used = require_use(tx, user_id, request, request.prompt) if request.prompt else None
    template = used.template if used else None
    return Question(
        model=request.model or (template.model if template else None),
        messages=tuple(_asked(tx, request, used)),
        user_id=user_id,
        scope="prompt",
        options=options_of(options_for(template, request.options)),
        template=key_of(used.use if used else None),
        bypass_cache=request.bypass_cache,
        is_batch=is_batch,
    )


def _asked(tx: Reader, request: wire.Generate, used: Used | None) -> Iterator[ChatMessage]:
    if used is None:
        turns = request.messages or [wire.PromptMessage(role="user", content=request.prompt or "")]
        yield from (ChatMessage(turn.role, turn.content) for turn in turns)
        return
    text = rendered(tx, used.use, request.prompt or "")
    if text.system:
        yield ChatMessage("system", text.system)
    yield ChatMessage("user", text.prompt)


class OpenQuestions:
    """The questions under way that belong to no room, by what must last for them: a socket, a session or an API key."""

    def __init__(self) -> None:
        self._lock = ShortLock()
        self._tokens: dict[str, set[CancelToken]] = {}
        self._ended: TTLCache[str, None] = TTLCache(RECENTLY_ENDED, RECENT_SECONDS)
        self._is_stopping = False

    def open(self, owner: str) -> CancelToken:
        """A token for one more question. Raises `ModelUnreachable` while the server is stopping.

        `NotSignedIn` for a sign-in that has ended since the request was let in, too early for its end to find this.
        """
        token = CancelToken()
        with self._lock:
            if self._is_stopping:
                raise server_stops()
            if owner in self._ended:
                raise NotSignedIn(SIGN_IN_ENDED)
            self._tokens.setdefault(owner, set()).add(token)
        return token

    def close(self, owner: str, token: CancelToken) -> None:
        """The question has ended, or who asked has gone: whatever still runs for it is stopped."""
        token.cancel()
        with self._lock:
            tokens = self._tokens.get(owner, set())
            tokens.discard(token)
            if not tokens:
                self._tokens.pop(owner, None)

    @contextmanager
    def lasting(self, owner: str) -> Iterator[CancelToken]:
        """A token for as long as the block runs. Raises `NotSignedIn` there if `owner` ends meanwhile."""
        token = self.open(owner)
        try:
            with _SignInLasts():
                yield token
        finally:
            self.close(owner, token)

    def cancel_all(self, owner: str, *, has_left: bool = False) -> None:
        with self._lock:
            tokens = self._tokens.pop(owner, set())
        for token in tokens:
            token.cancel(has_left=has_left)

    def shut_down(self) -> None:
        """Ends every question with an error that says when to come back, and takes no more."""
        with self._lock:
            self._is_stopping = True
            tokens = [token for owned in self._tokens.values() for token in owned]
            self._tokens.clear()
        for token in tokens:
            token.cancel(server_stops())

    def on_event(self, event: Event) -> None:
        """Ends what was asked by a session or key that is no longer valid; a subscriber of the publisher."""
        if isinstance(event, SignInEnded):
            with self._lock:
                self._ended[event.token_id] = None
            self.cancel_all(event.token_id)


class RequestJobs:
    """Asks for programs: over HTTP whole or as a stream of chunks, over a socket as `llm_chunk`s."""

    def __init__(
        self,
        asker: Asker,
        background: Background,
        tick_seconds: float = TICK_SECONDS,
        client_has_gone: Callable[[], bool] = lambda: False,
    ) -> None:
        """`client_has_gone` looks after who waits for a whole answer, to whom nothing is written meanwhile."""
        self._asker, self._background = asker, background
        self._tick_seconds, self._client_has_gone = tick_seconds, client_has_gone
        self.open = OpenQuestions()
        self._begun: dict[tuple[str, str], CancelToken] = {}  # by owner and request

    def answer_whole(self, question: Question, owner: str) -> Answer:
        """Waits for the whole answer. Raises `ModelError`, or `NotSignedIn` if `owner` ends meanwhile.

        If the client has gone, the question is ended as well.
        """
        answer = Answer()
        looked_at = monotonic()
        with _SignInLasts(), closing(self.answer_stream(question, owner)) as chunks:
            for chunk in chunks:
                answer.take(chunk)
                if monotonic() - looked_at >= self._tick_seconds:
                    looked_at = monotonic()
                    if self._client_has_gone():
                        raise Conflict("Whoever asked has gone.")
        return answer

    def made_whole(self, make: Callable[[CancelToken], T], owner: str) -> T:
        """What `make` gives, which is no answer but takes as long. Ends it, and raises, as `answer_whole` does."""
        work = _Work(make)
        with self.open.lasting(owner) as token:
            self._background.spawn(lambda: work.run(token))
            while not work.ended.wait(self._tick_seconds):
                if self._client_has_gone():
                    raise Conflict("Whoever asked has gone.")
            return work.outcome()

    def answer_begun(self, question: Question, owner: str) -> Iterator[Chunk]:
        """As `answer_stream`, once something is known: what fails at once is raised here, and not in the stream."""
        chunks = self.answer_stream(question, owner)
        early: list[Chunk] = []
        with _SignInLasts():
            for chunk in chunks:
                early.append(chunk)
                if not isinstance(chunk, RoutedChunk):
                    break
        return _resumed(early, chunks)

    def answer_stream(self, question: Question, owner: str) -> Generator[Chunk]:
        """The chunks, and a `TickChunk` in every silence, at which the client should be written to.

        Closing the generator (the client has gone) ends the question. Raises `ModelError` or `Cancelled`.
        """
        token = self.open.open(owner)
        try:
            yield from self._asker.ask(question, token, self._tick_seconds)
        finally:
            self.open.close(owner, token)

    def begin(self, question: Question, owner: str, request_id: str, send: Send) -> None:
        """Answers in the background: phases, and text. `owner` is the socket that asked, and it ends with that."""
        told = Told(request_id, question.model, send)
        token = self._begun[owner, request_id] = self.open.open(owner)
        self._background.spawn(lambda: self._run(question, owner, told, token))

    def stop(self, owner: str, request_id: str) -> bool:
        """Stops, in whatever phase, what `owner` has begun. False if it has not, or if that has ended."""
        token = self._begun.get((owner, request_id))
        if token:
            token.cancel()
        return token is not None

    def _run(self, question: Question, owner: str, told: Told, token: CancelToken) -> None:
        error: wire.ErrorBody | None = None
        try:
            for chunk in self._asker.ask(question, token):
                told.tell(chunk)
        except Cancelled as cancelled:
            goes_on = cancelled.wait_end(SEE_SECONDS)
            error = wire.ErrorBody(code="stopped", message=GOES_ON if goes_on else STOPPED, request_id=told.request_id)
        except RoundtableError as failure:
            error = failure.body(told.request_id)
        except Exception:
            with logged_as(told.request_id):
                log.exception("the question failed")
            error = internal_error(told.request_id)
        finally:
            del self._begun[owner, told.request_id]
            self.open.close(owner, token)
        told.end(error)


class _Work(Generic[T]):
    """Something that is made in the background, for one who waits."""

    def __init__(self, make: Callable[[CancelToken], T]) -> None:
        self._make = make
        self._made: list[T] = []
        self._error: Exception | None = None
        self.ended = threading.Event()

    def run(self, token: CancelToken) -> None:
        try:
            self._made.append(self._make(token))
        except Exception as error:
            self._error = error
        self.ended.set()

    def outcome(self) -> T:
        if self._error:
            raise self._error
        return self._made[0]


class _SignInLasts:
    """What is cancelled inside was cancelled because who asked is no longer signed in."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Cancelled):
            raise NotSignedIn(SIGN_IN_ENDED) from None


def _resumed(early: list[Chunk], chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    yield from early
    yield from chunks
