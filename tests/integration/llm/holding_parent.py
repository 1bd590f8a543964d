"""Run by test_embedded.py: asks the built-in model, says its process id, and lives on until it is killed."""

import threading

from chat.llm.cancelling import CancelToken
from chat.llm.embedded import EMBEDDED_MODEL, Embedded
from tests.fakes.asking import question

if __name__ == "__main__":
    backend = Embedded()
    list(backend.chat(question(model=EMBEDDED_MODEL, max_tokens=3), CancelToken()))
    print(backend.pid, flush=True)
    threading.Event().wait()
