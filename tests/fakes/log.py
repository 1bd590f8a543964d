"""What the server would write to its log."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from chat.logs import set_up_logs


@contextmanager
def written_log(form: Literal["text", "json"] = "text") -> Iterator[io.StringIO]:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        set_up_logs("INFO", form)
        root.handlers[0].stream = written = io.StringIO()  # type: ignore[attr-defined]  # it is a StreamHandler
        yield written
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
