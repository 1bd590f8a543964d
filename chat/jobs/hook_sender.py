"""Posts what waits for the addresses of rooms, signed as Standard Webhooks has it. Some at once, none of one twice."""

import base64
import hmac
import logging
import time
from collections.abc import Callable
from functools import partial

import orjson

from chat import __version__
from chat.background import Background
from chat.db.unit_of_work import Database
from chat.errors import NotStored, RoundtableError
from chat.outward.allowed import AllowedHosts, Target
from chat.outward.posting import FAILURES, post, words_of
from chat.services.hook_deliveries import Due, claim_due, put_off, settle

AT_ONCE = 8
LOOK_EVERY = 1.0  # seconds
OK = 200  # and all of that hundred
GONE = 410  # the one answer that says: never again
log = logging.getLogger(__name__)


def sign(key: bytes, delivery: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 of id, time and body, joined by dots."""
    signed = b".".join((delivery.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


class HookSender:
    """`key_of(hook_id)` is what its posts are signed with."""

    def __init__(
        self,
        db: Database,
        allowed: AllowedHosts,
        key_of: Callable[[str], bytes],
        background: Background,
        run_blocking: Callable[[Callable[[], Target]], Target],
    ) -> None:
        self._db, self._allowed, self._key_of = db, allowed, key_of
        self._background, self._run_blocking = background, run_blocking
        self._running = set[str]()  # of deliveries; a number would be miscounted by threads

    def begin(self) -> None:
        """Also for what a stop has left."""
        self._background.every(LOOK_EVERY, self.look)

    def look(self) -> None:
        free = AT_ONCE - len(self._running)
        for due in claim_due(self._db, free) if free > 0 else []:
            self._running.add(due.id)
            self._background.spawn(partial(self._run, due))

    def _run(self, due: Due) -> None:
        try:
            self._deliver(due)
        except NotStored:  # it is tried again when its lease has run out
            log.warning("webhook %s: what became of delivery %s could not be stored", due.hook_id, due.id)
        except RoundtableError as refusal:  # the settings leave the address out now
            put_off(self._db, due, refusal.message)
        finally:
            self._running.discard(due.id)

    def _deliver(self, due: Due) -> None:
        status = 0
        try:
            status = self._post(due) if due.body else OK
            why = f"it answered {status}"
        except FAILURES as failure:
            why = words_of(failure)
        if OK <= status < OK + 100:
            settle(self._db, due)
        else:
            self._failed(due, why, is_final=status == GONE)

    def _post(self, due: Due) -> int:
        assert due.body
        body, now = orjson.dumps(due.body.model_dump()), int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Roundtable/{__version__}",
            "webhook-id": due.id,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(self._key_of(due.hook_id), due.id, now, body),
        }
        return post(self._run_blocking(lambda: self._allowed.target(due.url)), body, headers)

    def _failed(self, due: Due, why: str, *, is_final: bool = False) -> None:
        log.info("webhook %s: delivery %s failed at attempt %d: %s", due.hook_id, due.id, due.attempts, why)
        put_off(self._db, due, why, is_final=is_final)
