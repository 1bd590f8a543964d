"""Lets a test move the wall clock of a process that it starts: Python imports this first if its folder is on the path.

The file that CLOCK_FILE names holds the seconds by which `time.time` is ahead; the monotonic clock stays as it is.
"""

import os
import time
from pathlib import Path

_real_time, _real_time_ns = time.time, time.time_ns
_file = Path(os.environ["CLOCK_FILE"])


def _ahead() -> int:
    return int(_file.read_text() or "0")


time.time = lambda: _real_time() + _ahead()
time.time_ns = lambda: _real_time_ns() + _ahead() * 1_000_000_000
