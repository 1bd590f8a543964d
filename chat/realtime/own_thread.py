"""One native thread beside eventlet's loop, for work that comes often and is short: commits.

eventlet's thread pool costs several hundred microseconds for each call, as much as a disk's sync. This one is asked by
releasing a lock and answers with a byte in a pipe, which the hub watches all the time.
"""

from collections.abc import Callable

from eventlet.hubs import get_hub
from eventlet.patcher import original
from greenlet import getcurrent, greenlet

_os, _thread = original("os"), original("_thread")  # those that wait, not those that give way


class OwnThread:
    """Runs one piece of work at a time. Made and used in the loop's thread."""

    def __init__(self) -> None:
        self._asked = _thread.allocate_lock()
        self._asked.acquire()
        self._answer, self._answering = _os.pipe()
        self._work: Callable[[], None] = lambda: None
        self._failure: BaseException | None = None
        self._waiting: greenlet | None = None
        get_hub().add("read", self._answer, self._wake, self._wake, lambda: None)
        _thread.start_new_thread(self._serve, ())

    def run(self, work: Callable[[], None]) -> None:
        """Returns, or raises what `work` raised, when it has ended; meanwhile other green threads go on."""
        self._work, self._failure, self._waiting = work, None, getcurrent()
        self._asked.release()
        try:
            get_hub().switch()
        finally:  # whoever is killed while it waits holds up the loop until the work has ended, and goes then
            _os.read(self._answer, 1)
            self._waiting = None
        if self._failure:
            raise self._failure

    def _wake(self, _fd: int) -> None:
        if self._waiting:
            self._waiting.switch()

    def _serve(self) -> None:
        while True:
            self._asked.acquire()
            try:
                self._work()
            except BaseException as failure:  # it is raised again where the work came from
                self._failure = failure
            _os.write(self._answering, b".")
