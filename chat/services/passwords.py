"""Password hashes: argon2id with OWASP's parameters, computed off the event loop, a few at a time."""

import threading
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chat.errors import NotAllowed

T = TypeVar("T")
AT_ONCE = 2  # hashes take 19 MiB and a core for tens of milliseconds each


class Passwords:
    """`run_blocking(f)` runs f in a native thread and returns its result.

    Unless `is_on` the settings leave a sign-in provider alone: nobody has, is given or comes in by a password.
    """

    def __init__(self, run_blocking: Callable[[Callable[[], str | bool]], str | bool], *, is_on: bool = True) -> None:
        self.is_on = is_on
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._run_blocking = run_blocking
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash("nobody has this password")

    def require_on(self) -> None:
        """Raises `NotAllowed`, as everything else here does where passwords are off."""
        if not self.is_on:
            raise NotAllowed("This server takes no passwords. People sign in with their provider.")

    def hash(self, password: str) -> str:
        self.require_on()
        with self._slots:
            return str(self._run_blocking(lambda: self._hasher.hash(password)))

    def verify(self, password_hash: str | None, password: str) -> bool:
        """False for a wrong password, and after the same time for an unknown user or one without any password."""
        self.require_on()
        with self._slots:
            matches = bool(self._run_blocking(lambda: self._matches(password_hash or self._nobody, password)))
        return matches and bool(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
