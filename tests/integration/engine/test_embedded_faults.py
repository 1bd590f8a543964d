"""The faults of a llama.cpp's answers, in the built-in model's process: the same one goes on with the next question.

`-s` prints how many went as they must. What befalls the process itself is in test_mishaps.py.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chat.jobs.watchdog import Patience
from chat.llm.cancelling import CancelToken
from chat.llm.embedded import EMBEDDED_MODEL
from chat.llm.http_spares import SPARE_SECONDS
from tests.fakes.asking import text_of
from tests.fakes.built_in import BuiltIn, pretended_llama
from tests.fakes.faults import Fault
from tests.integration.engine.checks import code_of, nothing_is_left, soon, told_wrongly
from tests.integration.engine.fault_table import FAULTS

pytestmark = pytest.mark.alone

AT_ONCE = 6
ANSWER = "Hello from the other side."
PATIENCE = Patience(load=2.0, silence=1.0, answer=10.0)
ANSWERED = [fault for fault in FAULTS["llama"] if fault.at == "answer"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltIn]:
    """Running, before anybody asks, so that its start is not taken for a fault."""
    with nothing_is_left(), pretended_llama():
        made = BuiltIn(tmp_path_factory.mktemp("model") / "weights", PATIENCE, parallelism=AT_ONCE)
        list(made.backend.load(EMBEDDED_MODEL, CancelToken()))
        yield made
        made.backend.close()


@pytest.fixture(scope="module")
def outcomes(model: BuiltIn) -> dict[str, list[str]]:
    """The problems of each fault; several run at once, because some of them only wait."""
    pid, files = model.backend.pid, _open_files(model)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(pool.map(lambda fault: (fault.name, list(_problems(model, fault))), ANSWERED))
    assert model.backend.pid == pid, "the process has changed"
    assert soon(lambda: model.engine.scheduler.line(model.backend.name) == 0), "a slot is not free"
    assert soon(lambda: _open_files(model) <= files, 2 * SPARE_SECONDS), "connections to it are open"
    return found


def _open_files(model: BuiltIn) -> int:
    """After a look at the models, which comes every few seconds in a server, and ends what was kept long enough."""
    model.backend.list_models()
    return len(list(Path(f"/proc/{model.backend.pid}/fd").iterdir()))


def _problems(model: BuiltIn, fault: Fault) -> Iterator[str]:
    asked = model.ask(fault.name)
    asked.wait_end(20)
    kept, expected = text_of(asked.chunks), fault.text or ("" if fault.code else ANSWER)
    if code_of(asked.error) != fault.code:
        yield f"ended as {code_of(asked.error)}, not {fault.code}: {asked.error}"
    if kept != expected:
        yield f"kept {kept!r}, not {expected!r}"
    if asked.error:
        yield from told_wrongly(asked.error, "The built-in model", EMBEDDED_MODEL)
    then = model.ask()
    then.wait_end(20)
    if text_of(then.chunks) != ANSWER:
        yield f"then there was {text_of(then.chunks)!r} and {then.error!r}"


@pytest.mark.parametrize("name", [fault.name for fault in ANSWERED])
def test_a_fault_is_named_rightly_and_costs_neither_text_nor_process(outcomes: dict[str, list[str]], name: str) -> None:
    assert outcomes[name] == []


def test_all_of_them(outcomes: dict[str, list[str]]) -> None:
    good = [problems == [] for problems in outcomes.values()]
    print(f"\n{sum(good)} / {len(good)} faults of the built-in model's answers went as they must")
    assert len(good) == 53 and all(good)
