"""One channel of Redis, on which every process of the server hears what any of them says.

It uses connections of redis-py without its client around them: every message of a room goes this way, and what the
client does for each command was most of what a message cost.
"""

import logging
from collections.abc import Iterator
from typing import Any

from redis import ConnectionPool
from redis.backoff import NoBackoff
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
        self._url, self._background, self._silence_seconds = url, background, silence_seconds
        self._saying: Any = None  # the connection on which we publish, while there is one

    def publish(self, data: bytes) -> bool:
        """Whether it was sent; not whether anybody has heard it. By one caller at a time."""
        try:
            if self._saying is None:
                self._saying = self._connect(PATIENCE_SECONDS)
                # An answer for each message would be read by nobody: what was lost on the way its number tells.
                self._saying.send_command("CLIENT", "REPLY", "OFF")
            self._saying.send_command("PUBLISH", CHANNEL, data)
        except (RedisError, OSError) as problem:
            self._saying = None
            log.debug("not published: %s", type(problem).__name__)
            return False
        return True

    def messages(self) -> Iterator[bytes | None]:
        """What is said from now on, for ever; None each time when we begin to hear, first or again."""
        while True:
            try:
                yield from self._heard(self._connect(self._silence_seconds))
            except (RedisError, OSError) as problem:
                self._note(is_up=False, why=type(problem).__name__)
            self._background.sleep(AGAIN_AFTER)

    def _connect(self, patience: float) -> Any:
        """`patience` in seconds for whatever is sent or awaited. A failure closes the connection."""
        # No second try by the library: it would connect again in silence, and what was said meanwhile be missed unseen.
        pool = ConnectionPool.from_url(
            self._url,
            retry=Retry(NoBackoff(), 0),
            protocol=2,  # by the newer one the library writes a log line of every message, whether it is shown or not
            socket_connect_timeout=PATIENCE_SECONDS,
            socket_timeout=patience,
        )
        connection: Any = pool.make_connection()
        connection.connect()
        return connection

    def _heard(self, connection: Any) -> Iterator[bytes | None]:
        """Raises when nothing comes for too long, not even our own beats."""
        try:
            connection.send_command("SUBSCRIBE", CHANNEL)
            while True:
                kind, _, data = connection.read_response()
                if kind == b"message":
                    yield data
                elif kind == b"subscribe":
                    self._note(is_up=True)
                    yield None
        finally:
            connection.disconnect()

    def _note(self, *, is_up: bool, why: str = "") -> None:
        if is_up and not self.is_up:
            log.warning("Redis answers: this process is one server with the others")
        elif self.is_up and not is_up:
            log.error("Redis is away (%s): this process serves on alone and looks for it", why)
        self.is_up = is_up
