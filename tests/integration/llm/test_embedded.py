"""The built-in model as it is: real weights, a real child process. What befalls that: engine/test_mishaps.py."""

import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.errors import ModelUnreachable
from chat.llm.base import PhaseChunk
from chat.llm.cancelling import Cancelled, CancelToken
from chat.llm.embedded import EMBEDDED_MODEL, Embedded
from chat.llm.openai_compat import OpenAICompat
from chat.llm.registry import Registry
from chat.llm.router import Router
from chat.llm.warmth import Warmth
from tests.fakes.asking import Asked, asked, done_of, failure_of, phases_of, question, text_of

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def running() -> Iterator[Embedded]:
    """One process for the tests that leave it as it was."""
    backend = Embedded()
    yield backend
    backend.close()


@pytest.fixture
def fresh() -> Iterator[Embedded]:
    backend = Embedded()
    yield backend
    backend.close()


def has_ended(pid: int, seconds: float) -> bool:
    """Waits for the end of any process, child or not."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def test_it_answers_in_words(running: Embedded) -> None:
    chunks = list(running.chat(question("What is the capital of France?", EMBEDDED_MODEL, seed=1), CancelToken()))
    assert "Paris" in text_of(chunks)
    done = done_of(chunks)
    assert done.finish == "stop"
    assert done.tokens_per_second and done.tokens_per_second > 1
    assert done.prompt_tokens and done.completion_tokens


def test_a_running_model_is_not_loaded_again(running: Embedded) -> None:
    list(running.chat(question(model=EMBEDDED_MODEL, max_tokens=2), CancelToken()))
    pid = running.pid
    chunks = list(running.chat(question(model=EMBEDDED_MODEL, max_tokens=2), CancelToken()))
    assert phases_of(chunks) == ["connected", "prompt", "generating"]
    assert done_of(chunks).load_ms is None
    assert running.pid == pid
    assert [(facts.name, facts.loaded, facts.context_length) for facts in running.list_models()] == [
        (EMBEDDED_MODEL, True, 4096)
    ]


def test_it_tells_how_much_of_the_prompt_it_has_read(running: Embedded) -> None:
    chunks = list(running.chat(question("word " * 300, EMBEDDED_MODEL, max_tokens=2), CancelToken()))
    progress = [chunk.progress for chunk in chunks if isinstance(chunk, PhaseChunk) and chunk.progress is not None]
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert len([share for share in progress if 0 < share < 1]) >= 2


def test_a_limit_ends_the_answer(running: Embedded) -> None:
    done = done_of(list(running.chat(question("Count to 100.", EMBEDDED_MODEL, max_tokens=4), CancelToken())))
    assert (done.finish, done.completion_tokens) == ("length", 4)


def test_an_answer_is_cancelled_while_it_is_written_and_its_slot_is_free_again(running: Embedded) -> None:
    asks = [asked(running, question("Tell a very long story.", EMBEDDED_MODEL)) for _ in range(2)]
    for ask in asks:
        ask.wait_for_text()
        ask.cancel.cancel()
        assert isinstance(ask.wait_end(), Cancelled)
    after = asked(running, question(model=EMBEDDED_MODEL, max_tokens=2))
    assert after.wait_end(5) is None


def test_one_start_serves_all_who_ask_meanwhile(fresh: Embedded) -> None:
    asks = [asked(fresh, question(model=EMBEDDED_MODEL, max_tokens=3)) for _ in range(3)]
    for ask in asks:
        ask.wait_for_phase("loading")
    pid = fresh.pid
    assert [ask.wait_end(60) for ask in asks] == [None] * 3
    assert fresh.pid == pid
    assert all((done_of(ask.chunks).load_ms or 0) > 50 for ask in asks)


def test_leaving_during_the_start_takes_nothing_from_the_others(fresh: Embedded) -> None:
    first = asked(fresh, question(model=EMBEDDED_MODEL, max_tokens=3))
    second = asked(fresh, question(model=EMBEDDED_MODEL, max_tokens=3))
    first.wait_for_phase("loading")
    first.cancel.cancel()
    assert isinstance(first.wait_end(), Cancelled)
    assert second.wait_end(60) is None


def test_a_process_killed_while_it_starts_is_started_again_by_the_router(fresh: Embedded) -> None:
    registry = Registry([fresh])
    registry.refresh()
    router = Router(Warmth(), 2, sleep=lambda seconds: None)
    entry = registry.resolve("auto")
    ask = Asked(lambda cancel: router.generate(entry, question(max_tokens=3), cancel))
    ask.wait_for_phase("loading")
    assert fresh.pid
    os.kill(fresh.pid, signal.SIGTERM)
    assert ask.wait_end(60) is None
    assert phases_of(ask.chunks) == ["loading", "routing", "loading", "connected", "prompt", "generating"]


def test_it_leaves_no_dump_of_what_was_asked_when_it_crashes() -> None:
    backend = Embedded()
    list(backend.chat(question(model=EMBEDDED_MODEL, max_tokens=2), CancelToken()))
    pid = backend.pid
    assert pid and resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
    backend.close()


def test_it_rests_when_idle_and_wakes_when_asked() -> None:
    backend = Embedded(idle_seconds=0.2)
    list(backend.chat(question(model=EMBEDDED_MODEL, max_tokens=2), CancelToken()))
    pid = backend.pid
    assert pid and has_ended(pid, 5)
    assert [facts.loaded for facts in backend.list_models()] == [False]
    assert text_of(backend.chat(question(model=EMBEDDED_MODEL, max_tokens=2, temperature=0), CancelToken())) != ""
    backend.close()


def test_closing_ends_it_within_a_second_even_in_the_middle_of_an_answer() -> None:
    backend = Embedded()
    ask = asked(backend, question("Tell a very long story.", EMBEDDED_MODEL))
    ask.wait_for_text()
    pid = backend.pid
    assert pid
    began = time.monotonic()
    backend.close()
    assert time.monotonic() - began < 1
    assert has_ended(pid, 0)
    assert ask.wait_end() is not None
    with pytest.raises(ModelUnreachable, match="shut down"):
        list(backend.chat(question(model=EMBEDDED_MODEL), CancelToken()))


def test_closing_ends_it_within_a_second_while_it_starts() -> None:
    backend = Embedded()
    ask = asked(backend, question(model=EMBEDDED_MODEL))
    ask.wait_for_phase("loading")
    began = time.monotonic()
    backend.close()
    assert time.monotonic() - began < 1
    assert isinstance(ask.wait_end(), ModelUnreachable)


def test_it_ends_when_the_server_is_killed() -> None:
    command = [sys.executable, "-m", "tests.integration.llm.holding_parent"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not has_ended(pid, 0)
        parent.kill()
        assert has_ended(pid, 5)


def test_nobody_without_the_key_can_use_it(running: Embedded) -> None:
    list(running.chat(question(model=EMBEDDED_MODEL, max_tokens=2), CancelToken()))
    assert running._child and running._child.url
    error, _ = failure_of(OpenAICompat("stranger", running._child.url), question(model=EMBEDDED_MODEL))
    assert "Invalid API Key" in str(error)
    command_line = Path(f"/proc/{running.pid}/cmdline").read_text() + Path(f"/proc/{running.pid}/environ").read_text()
    assert running._child.api_key not in command_line
