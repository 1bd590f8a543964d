"""Password hashes: argon2id with OWASP's parameters, computed off the event loop, a few at a time."""

import threading
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chat.errors import NotAllowed

T = TypeVar("T")
AT_ONCE = 2  # hashes take 19 MiB and a core for tens of milliseconds each


def require_password_sign_in(*, is_on: bool) -> None:
    """Raises `NotAllowed` where the settings leave a sign-in provider alone."""
    if not is_on:
        raise NotAllowed("This server takes no passwords. People sign in with their provider.")


class Passwords:
    """`run_blocking(f)` runs f in a native thread and returns its result."""

    def __init__(self, run_blocking: Callable[[Callable[[], str | bool]], str | bool]) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._run_blocking = run_blocking
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        with self._slots:
            return str(self._run_blocking(lambda: self._hasher.hash(password)))

    def verify(self, password_hash: str | None, password: str) -> bool:
        """False for a wrong password, and after the same time for an unknown user or one without any password."""
        with self._slots:
            matches = bool(self._run_blocking(lambda: self._matches(password_hash or self._nobody, password)))
        return matches and bool(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
