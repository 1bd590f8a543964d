"""The application, which writes how many green threads it has to a file when SIGUSR2 asks: `-m bench.counted FILE`."""

import gc
import signal
import sys
from pathlib import Path

from greenlet import greenlet

import app

ANSWER = Path(sys.argv[1])


def count(_number: int, _frame: object) -> None:
    gc.collect()
    alive = sum(not thread.dead for thread in gc.get_objects() if isinstance(thread, greenlet))
    written = ANSWER.with_suffix(".part")
    written.write_text(str(alive))
    written.replace(ANSWER)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR2, count)
    sys.exit(app.main())
