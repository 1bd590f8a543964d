"""The built-in model behind the whole engine, with weights that can be spoiled: the real ones, or pretended ones."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from chat.jobs.asking import Question
from chat.jobs.watchdog import Patience
from chat.llm.base import ChatMessage, Options
from chat.llm.embedded import EMBEDDED_MODEL, Embedded, find_weights
from tests.fakes.asking import Asked
from tests.fakes.engine import Engine

PRETENDED_LLAMA = Path(__file__).parent / "pretended_llama"
ANSWERING = "answers"  # pretended weights of a process that works


@contextmanager
def pretended_llama() -> Iterator[None]:
    """Processes that are started inside find `tests/fakes/pretended_llama` where llama.cpp would be."""
    sys.path.insert(0, str(PRETENDED_LLAMA))
    try:
        yield
    finally:
        sys.path.remove(str(PRETENDED_LLAMA))


class BuiltIn:
    """`engine` asks `backend`, whose weights are the file `weights`, which is new."""

    def __init__(
        self,
        weights: Path,
        patience: Patience,
        *,
        is_real: bool = False,
        retries: int = 0,
        idle_seconds: float = 600.0,
        parallelism: int = 2,
    ) -> None:
        self.weights, self._is_real, self._numbers = weights, is_real, count()
        self.heal()
        self.backend = Embedded(weights=weights, idle_seconds=idle_seconds, parallelism=parallelism)
        self.engine = Engine(self.backend, max_retries=retries, patience=patience)

    def heal(self) -> None:
        """Good weights again."""
        self.weights.unlink(missing_ok=True)
        if not self._is_real:
            self.weights.write_text(ANSWERING)
            return
        real = find_weights()
        assert real, "the built-in model is not installed"
        self.weights.symlink_to(real)

    def spoil(self, content: str | bytes) -> None:
        """Other weights, or what a pretended process is to do."""
        self.weights.unlink()
        self.weights.write_bytes(content.encode() if isinstance(content, str) else content)

    def ask(self, text: str = "Hello.", max_tokens: int | None = None) -> Asked:
        """Each question is another one, so that nothing is answered from the cache or shared."""
        options = Options(max_tokens=max_tokens, seed=next(self._numbers))
        question = Question(EMBEDDED_MODEL, (ChatMessage("user", text),), "ada", "prompt", options)
        return Asked(lambda cancel: self.engine.asker.ask(question, cancel))

    def send(self, number: int) -> None:
        """A signal for the process."""
        pid = self.backend.pid
        assert pid, "there is no process"
        os.kill(pid, number)
