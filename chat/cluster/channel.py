"""One channel of Redis, on which every process of the server hears what any of them says."""

import logging
from collections.abc import Iterator
from contextlib import suppress

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError
from redis.retry import Retry

from chat.background import Background

CHANNEL = "roundtable"
PATIENCE_SECONDS = 1.0  # for a connection and for an answer
SILENCE_SECONDS = 6.0  # in which not even our own beats came back: the connection is dead, whatever the system says
AGAIN_AFTER = 0.5  # seconds
log = logging.getLogger(__name__)


class Channel:
    """`is_up` says whether we hear what is said. While Redis is away nothing here raises."""

    def __init__(self, url: str, background: Background, silence_seconds: float = SILENCE_SECONDS) -> None:
        self.is_up = False
        self._background, self._silence_seconds = background, silence_seconds
        patience = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
        # No second try by the library: it would connect again in silence, and what was said meanwhile be missed unseen.
        self._redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)

    def publish(self, data: bytes) -> bool:
        """Whether Redis has taken it; not whether anybody has heard it."""
        try:
            self._redis.publish(CHANNEL, data)
        except (RedisError, OSError) as problem:
            log.debug("not published: %s", type(problem).__name__)
            return False
        return True

    def messages(self) -> Iterator[bytes | None]:
        """What is said from now on, for ever; None each time when we begin to hear, first or again."""
        while True:
            subscription = self._redis.pubsub()  # type: ignore[no-untyped-call]  # the library leaves it out
            try:
                yield from self._heard(subscription)
            except (RedisError, OSError) as problem:
                self._note(is_up=False, why=type(problem).__name__)
            finally:
                with suppress(RedisError, OSError):
                    subscription.close()
            self._background.sleep(AGAIN_AFTER)

    def _heard(self, subscription: PubSub) -> Iterator[bytes | None]:
        subscription.subscribe(CHANNEL)
        while True:
            message = subscription.get_message(timeout=self._silence_seconds)
            if message is None:
                raise Lost("nothing came for too long")
            if message["type"] == "subscribe":
                self._note(is_up=True)
                yield None
            elif message["type"] == "message":
                yield message["data"]

    def _note(self, *, is_up: bool, why: str = "") -> None:
        if is_up and not self.is_up:
            log.warning("Redis answers: this process is one server with the others")
        elif self.is_up and not is_up:
            log.error("Redis is away (%s): this process serves on alone and looks for it", why)
        self.is_up = is_up
