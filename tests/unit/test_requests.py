"""Questions without a room: they end with who asked, and always with a last line."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chat import wire
from chat.errors import ModelUnreachable, NotSignedIn
from chat.events import SignInEnded
from chat.jobs.request_job import RequestJobs
from chat.llm.base import Chunk, DoneChunk, PhaseChunk, TextChunk
from chat.llm.scripted import Scripted, Step
from chat.web.sse import DONE, KEEP_ALIVE, ChunkStream
from tests.fakes.engine import BACKGROUND, Engine, asks, until_cancelled
from tests.fakes.log import written_log

ANSWER: list[Step] = [PhaseChunk("generating"), TextChunk("ok"), DoneChunk()]
LOADS_FOR_EVER: list[Step] = [PhaseChunk("loading"), until_cancelled]
TICK = 0.01


def _jobs(*backends: Scripted) -> RequestJobs:
    return RequestJobs(Engine(*backends).asker, BACKGROUND, TICK)


def _lines(jobs: RequestJobs, text: str = "hello", owner: str = "key") -> Iterator[bytes]:
    return ChunkStream("auto", "request 1").lines(jobs.answer_stream(asks(text), owner))


def _error(line: bytes) -> Any:
    return json.loads(line.removeprefix(b"data: "))["error"]


class Socket:
    """What `llm_request` sends to."""

    def __init__(self) -> None:
        self.chunks: list[wire.LlmChunk] = []
        self.phases: list[str] = []
        self.ended = threading.Event()

    def send(self, told: wire.LlmChunk | wire.LlmStatus) -> None:
        if isinstance(told, wire.LlmStatus):
            self.phases.append(told.phase)
            return
        self.chunks.append(told)
        if told.data.is_final:
            self.ended.set()

    def last_error(self) -> wire.ErrorBody:
        assert self.ended.wait(5), "no last chunk came"
        error = self.chunks[-1].error
        assert error is not None
        return error


def test_a_client_that_leaves_during_a_load_gives_its_slot_to_the_next() -> None:
    def script(request: Any) -> list[Step]:
        return LOADS_FOR_EVER if request.messages[0].content == "left" else ANSWER

    model = Scripted(script, parallelism=1)
    jobs = _jobs(model)
    leaving = _lines(jobs, "left")
    assert any(b'"loading"' in line for line in leaving)
    assert next(leaving) == KEEP_ALIVE
    leaving.close()  # type: ignore[attr-defined]  # what the server does when it cannot write any more
    assert jobs.answer_whole(asks("next"), "key").text == "ok"
    assert len(model.cancelled) == 1


def test_waiting_in_line_is_a_silence_as_well() -> None:
    jobs = _jobs(Scripted(LOADS_FOR_EVER, parallelism=1))
    first, second = _lines(jobs, "first"), _lines(jobs, "second")
    assert any(b'"loading"' in line for line in first)
    assert any(b'"queue_position":1' in line for line in second)
    assert [next(second), next(second)] == [KEEP_ALIVE] * 2
    jobs.open.shut_down()


def test_when_the_server_stops_every_question_ends_and_none_begins() -> None:
    jobs, socket = _jobs(Scripted(LOADS_FOR_EVER)), Socket()
    stream = _lines(jobs)
    assert any(b'"loading"' in line for line in stream)
    jobs.begin(asks("over a socket"), "socket", "request 2", socket.send)
    jobs.open.shut_down()
    *_, error, done = stream
    assert (_error(error)["code"], _error(error)["retry_after"], done) == ("model_unreachable", 5, DONE)
    assert "is stopping" in socket.last_error().message
    *_, error, done = _lines(jobs)
    assert (_error(error)["code"], done) == ("model_unreachable", DONE)
    with pytest.raises(ModelUnreachable, match="is stopping"):
        jobs.begin(asks("too late"), "socket", "request 3", socket.send)


def test_a_question_that_ends_with_its_owner_says_so() -> None:
    jobs, socket = _jobs(Scripted(LOADS_FOR_EVER)), Socket()
    jobs.begin(asks("hello"), "socket", "request 1", socket.send)
    jobs.open.cancel_all("socket")
    assert socket.last_error().code == "stopped"


def test_a_sign_in_that_has_just_ended_begins_nothing() -> None:
    """Its request was let in before, and comes here after its questions were ended."""
    jobs = _jobs(Scripted(ANSWER))
    jobs.open.on_event(SignInEnded("key", "deactivated"))
    with pytest.raises(NotSignedIn):
        jobs.answer_whole(asks("hello"), "key")
    assert jobs.answer_whole(asks("hello"), "another key").text == "ok"


def test_who_asks_over_a_socket_hears_every_phase_and_can_stop_it_in_any() -> None:
    jobs, done, loading, waiting = _jobs(Scripted(_loads_or_answers, parallelism=1)), Socket(), Socket(), Socket()
    jobs.begin(asks("answer"), "socket", "request 1", done.send)
    assert done.ended.wait(5)
    assert done.phases == ["generating", "done"] and not jobs.stop("socket", "request 1")
    jobs.begin(asks("load"), "socket", "request 2", loading.send)
    assert until(lambda: loading.phases == ["loading"])
    jobs.begin(asks("wait"), "socket", "request 3", waiting.send)
    assert until(lambda: waiting.phases == ["queued"])
    assert not jobs.stop("another socket", "request 2")
    for request, socket in (("request 3", waiting), ("request 2", loading)):
        assert jobs.stop("socket", request)
        assert socket.last_error().code == "stopped" and socket.phases[-1] == "stopped"
    assert jobs.answer_whole(asks("answer again"), "key").text == "ok", "the slot is free"


def _loads_or_answers(request: Any) -> list[Step]:
    return ANSWER if request.messages[0].content.startswith("answer") else LOADS_FOR_EVER


def until(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    give_up = time.monotonic() + seconds
    while not is_so() and time.monotonic() < give_up:
        time.sleep(0.01)
    return is_so()


def test_a_bug_ends_a_question_with_its_number_in_the_log() -> None:
    jobs, socket = _jobs(Scripted([TextChunk("half"), ZeroDivisionError("a bug")])), Socket()
    with written_log() as log:
        *_, error, done = _lines(jobs)
        jobs.begin(asks("hello"), "socket", "request 2", socket.send)
        last = socket.last_error()
    assert (_error(error)["code"], _error(error)["request_id"], done) == ("internal", "request 1", DONE)
    assert (last.code, last.request_id) == ("internal", "request 2")
    assert "a bug" not in error.decode() + last.message
    for number in ("request 1", "request 2"):
        assert re.search(
            rf" ERROR \S+ {number} .*\n(?:  .*\n|Traceback.*\n)+ZeroDivisionError: a bug\n", log.getvalue()
        )


def test_a_stream_that_fails_before_its_model_is_known_ends_as_well() -> None:
    def broken() -> Iterator[Chunk]:
        raise KeyError
        yield

    *_, error, done = ChunkStream("auto").lines(broken())
    assert _error(error)["code"] == "internal" and _error(error)["request_id"] and done == DONE
