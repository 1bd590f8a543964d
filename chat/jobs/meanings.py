"""Reads messages for the search by meaning: in the background, a few at a time, the newest first. See decision 0023."""

import logging
from collections.abc import Callable, Sequence
from time import monotonic

from chat.background import Background
from chat.db.unit_of_work import Database
from chat.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelNotFound,
    ModelOutOfMemory,
    ModelTimeout,
    ModelUnreachable,
)
from chat.jobs.embedding import Embedder
from chat.jobs.meaning_samples import SAMPLES
from chat.jobs.sharing import Claim, claim_alone
from chat.llm.base import EmbedRequest
from chat.llm.cancelling import CancelToken
from chat.llm.embedding_prefixes import prefixes_of
from chat.services.message_vectors import MessageVectors

EVERY_SECONDS = 1.0  # a look whether there is anything new
AWAY_SECONDS = 15.0  # until the next try when the model did not answer
LONGEST_REST = 5.0
GIVES_WAY_SECONDS = 5.0  # to the questions of people, before a few messages are read all the same
LOOK_SECONDS = 0.25
QUERY_SECONDS = 2.0  # that a search waits for its vector
SHORT_CHARS = 400  # of a message that is too long for the model
NOBODY = ""
# These are the backend's; any other failure may be a text's, which must not keep all others from being read.
_OF_THE_BACKEND = (ModelBusy, ModelNotFound, ModelOutOfMemory, ModelTimeout, ModelUnreachable)
log = logging.getLogger(__name__)


class Meanings:
    """`model` is whatever name the embedding model goes by, None for nobody; `prepare()` gives new messages numbers."""

    def __init__(
        self,
        db: Database,
        embedder: Embedder,
        background: Background,
        model: str | None,
        prepare: Callable[[], None],
        claim: Claim = claim_alone,
    ) -> None:
        self._vectors = MessageVectors(db)
        self._embedder, self._background = embedder, background
        self._model, self._prepare, self._claim = model, prepare, claim
        self._prefixes = prefixes_of(model or "")
        self._is_away = False

    @property
    def is_on(self) -> bool:
        return self._model is not None

    def begin(self) -> None:
        if self.is_on:
            self._background.every(EVERY_SECONDS, self._catch_up)

    def vector_of(self, words: str, user_id: str) -> Sequence[float]:
        """As `Reading.vector_of`: before all programs in line, but no longer than a search may wait."""
        token = CancelToken()
        self._background.spawn(lambda: self._cancel_later(token))
        (vector,) = self._made([self._prefixes.query + words], user_id, token, is_batch=False)
        return vector

    def _cancel_later(self, token: CancelToken) -> None:
        self._background.sleep(QUERY_SECONDS)
        token.cancel(ModelTimeout("The model for meaning did not answer in time."))

    def _catch_up(self) -> None:
        """One process reads for all."""
        let_go = self._claim("meanings")
        if let_go is None:
            return
        try:
            while (rest := self.read_some()) is not None:
                self._background.sleep(rest)
            self._is_away = False
        except ModelError as error:
            self._tell(error)
            self._background.sleep(AWAY_SECONDS)
        finally:
            let_go()

    def _tell(self, error: ModelError) -> None:
        if not self._is_away:
            log.warning("messages are not read for the search by meaning: %s", error.message)
        self._is_away = True

    def read_some(self) -> float | None:
        """None if there was nothing to read, else for how long to rest: as long as it took, the other half is others'.

        Raises `ModelError`.
        """
        assert self._model
        self._prepare()
        if not self._vectors.is_of(self._model):
            self._begin()
        unread = self._vectors.next_unread()
        if unread is None:
            return None
        if unread.messages:
            self._give_way()
        began = monotonic()
        made = self._each([row.content for row in unread.messages])
        if not self._vectors.store(unread, made):
            self._begin()
        return min(LONGEST_REST, monotonic() - began)

    def _begin(self) -> None:
        assert self._model
        questions = [self._prefixes.query + text for text in SAMPLES]
        as_questions = self._made(questions, NOBODY, CancelToken(), is_batch=True)
        self._vectors.begin(self._model, self._passages(SAMPLES), as_questions)

    def _give_way(self) -> None:
        until = monotonic() + GIVES_WAY_SECONDS
        while monotonic() < until and self._embedder.people_wait():
            self._background.sleep(LOOK_SECONDS)

    def _each(self, texts: list[str]) -> list[list[float] | None]:
        """None for a text that the model cannot read, however short."""
        try:
            return list(self._passages(texts))
        except _OF_THE_BACKEND:
            raise
        except ModelError:
            made = [self._one(text) for text in texts]
            if not any(made):
                self._passages(SAMPLES[:1])  # fails as well if it is not the texts
            return made

    def _one(self, text: str) -> list[float] | None:
        for some in (text, text[:SHORT_CHARS]):
            try:
                return self._passages([some])[0]
            except _OF_THE_BACKEND:
                raise
            except ContextTooLong:
                continue
            except ModelError as error:
                log.warning("a message could not be read for the search by meaning: %s", error.message)
                return None
        return None

    def _passages(self, texts: Sequence[str]) -> list[list[float]]:
        marked = [self._prefixes.passage + text for text in texts]
        return self._made(marked, NOBODY, CancelToken(), is_batch=True) if marked else []

    def _made(self, texts: list[str], user_id: str, token: CancelToken, *, is_batch: bool) -> list[list[float]]:
        assert self._model
        request = EmbedRequest(self._model, tuple(texts))
        return self._embedder.embed(request, user_id, token, is_batch=is_batch).vectors
