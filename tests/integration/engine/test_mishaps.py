"""Whatever befalls the built-in model's process, through the whole engine: what is said, what is kept, what comes next.

`-s` prints how many went as they must.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chat.jobs.watchdog import Patience
from chat.llm.cancelling import Cancelled
from chat.llm.embedded import EMBEDDED_MODEL
from tests.fakes.asking import Asked, text_of
from tests.fakes.built_in import BuiltIn, pretended_llama
from tests.fakes.faults import SAID
from tests.integration.engine.checks import code_of, nothing_is_left, soon, told_wrongly
from tests.integration.engine.fault_table import TIMEOUT
from tests.integration.engine.mishap_table import CANCELLED, MISHAPS, Mishap

ANSWER = "Hello from the other side."
AT_ONCE = {"pretended": 8, "alone": 1, "real": 2}
# A process needs a moment to start; where that is the fault, all wait for it at the same time.
PRETENDED, REAL = Patience(load=5.0, silence=1.5, answer=30.0), Patience(load=30.0, silence=5.0, answer=60.0)


class Trial:
    """One mishap, and the question after it. `problems` says what was not as it must be."""

    def __init__(self, mishap: Mishap, weights: Path) -> None:
        self.mishap, self.is_real = mishap, mishap.by == "real"
        self.problems: list[str] = []
        patience = REAL if self.is_real else PRETENDED
        self.model = BuiltIn(
            weights, patience, is_real=self.is_real, retries=mishap.retries, idle_seconds=mishap.idle_seconds
        )

    def run(self) -> list[str]:
        try:
            for asked in self.mishap.befall(self.model):
                asked.wait_end(40)
                self._check_end(asked)
            pid = self.model.backend.pid
            free = soon(lambda: self.model.engine.scheduler.line(self.model.backend.name) == 0)
            self._expect(free, "the slot is not free")
            self._check_next()
            self._expect(not self.mishap.stays or self.model.backend.pid == pid, "another process answered")
        except AssertionError as problem:
            self.problems.append(str(problem))
        finally:
            self.model.backend.close()
        return self.problems

    def _check_end(self, asked: Asked) -> None:
        code = CANCELLED if isinstance(asked.error, Cancelled) else code_of(asked.error)
        self._expect(code == self.mishap.code, f"ended as {code}, not {self.mishap.code}: {asked.error}")
        self._check_text(text_of(asked.chunks), SAID if self.mishap.keeps else "" if self.mishap.code else ANSWER)
        if asked.error and code != CANCELLED:
            self.problems += told_wrongly(asked.error, "The built-in model", EMBEDDED_MODEL)

    def _check_next(self) -> None:
        self.model.heal()
        self.model.engine.registry.refresh()
        then = self.model.ask(max_tokens=3)
        error = then.wait_end(40)
        self._expect(error is None, f"then there was {error!r}")
        self._check_text(text_of(then.chunks), ANSWER)

    def _check_text(self, text: str, expected: str) -> None:
        """Nobody knows what the real model says, but whether it has said something."""
        is_right = bool(text) == bool(expected) if self.is_real else text == expected
        self._expect(is_right, f"there was {text!r}, not {expected!r}")

    def _expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self.problems.append(otherwise)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[str]]]:
    """The problems of each mishap; several run at once, because some of them only wait. Nothing of them is left."""

    weights = tmp_path_factory.mktemp("weights")

    def run(mishap: Mishap) -> tuple[str, list[str]]:
        return mishap.name, Trial(mishap, weights / mishap.name).run()

    def run_all(by: str) -> Iterator[tuple[str, list[str]]]:
        with ThreadPoolExecutor(AT_ONCE[by]) as pool:
            longest_first = sorted(MISHAPS, key=lambda mishap: mishap.code != TIMEOUT)
            yield from pool.map(run, [mishap for mishap in longest_first if mishap.by == by])

    with nothing_is_left():
        with pretended_llama():
            found = dict([*run_all("pretended"), *run_all("alone")])
        yield {**found, **dict(run_all("real"))}


@pytest.mark.parametrize("name", [mishap.name for mishap in MISHAPS])
def test_a_mishap_is_named_rightly_costs_nothing_and_the_next_question_works(
    outcomes: dict[str, list[str]], name: str
) -> None:
    assert outcomes[name] == []


def test_all_of_them(outcomes: dict[str, list[str]]) -> None:
    good = [problems == [] for problems in outcomes.values()]
    print(f"\n{sum(good)} / {len(good)} mishaps of the built-in model's process went as they must")
    assert len(good) == len(MISHAPS) == 52 and all(good)
