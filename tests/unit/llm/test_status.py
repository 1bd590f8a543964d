"""What people are shown of the models' work."""

import pytest

from chat import wire
from chat.errors import ModelBusy
from chat.llm.base import Phase, PhaseChunk
from chat.llm.status import StatusBoard, public_status, status_of
from tests.fakes.clocks import Clock

NOW = 1_769_000_000.125


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def board(clock: Clock) -> StatusBoard:
    return StatusBoard(clock)


def at(phase: Phase, room: str | None = None) -> wire.LlmStatus:
    error = ModelBusy("busy") if phase == "failed" else None
    return status_of(PhaseChunk(phase), at=NOW, room=room, reply_id="r", error=error)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("queued", "loading..."),
        ("routing", "loading..."),
        ("loading", "loading..."),
        ("connected", "connected..."),
        ("prompt", "thinking..."),
        ("generating", ""),
        ("done", ""),
        ("stopped", ""),
        ("failed", "error"),
    ],
)
def test_every_phase_has_its_public_value(phase: Phase, expected: str) -> None:
    assert public_status(phase) == expected


def test_a_status_says_all_that_the_phase_says() -> None:
    chunk = PhaseChunk("loading", progress=0.5, estimated=True, eta_seconds=4, queue_position=2, message="Loading")
    status = status_of(chunk, at=NOW, room="a", reply_id="r", model="m", backend="b", tokens_per_second=3)
    assert status.model_dump(exclude_none=True) == {
        "type": "llmStatus",
        "status": "loading...",
        "room": "a",
        "reply_id": "r",
        "model": "m",
        "backend": "b",
        "phase": "loading",
        "message": "Loading",
        "progress": 0.5,
        "estimated": True,
        "estimated_time": 4,
        "queue_position": 2,
        "tokens_per_second": 3,
        "timestamp": "2026-01-21T12:53:20.125Z",
    }


def test_a_failure_tells_its_code_and_what_to_do() -> None:
    status = status_of(PhaseChunk("failed"), at=NOW, error=ModelBusy("Try again soon.", retry_after=2))
    assert (status.status, status.message) == ("error", "Try again soon.")
    assert status.error and (status.error.code, status.error.retry_after) == ("model_busy", 2)


def test_without_jobs_all_is_quiet(board: StatusBoard) -> None:
    assert (board.most_urgent().status, board.most_urgent().phase) == ("", "done")


def test_the_most_urgent_job_speaks_for_all(board: StatusBoard) -> None:
    said = []
    for number, phase in enumerate(["generating", "prompt", "connected", "queued", "routing", "loading", "failed"]):
        board.update(str(number), at(phase))  # type: ignore[arg-type]  # the list holds phases
        said.append(board.most_urgent().phase)
    assert said == ["generating", "prompt", "connected", "queued", "routing", "loading", "failed"]


def test_the_value_for_everybody_names_no_room(board: StatusBoard) -> None:
    board.update("a", at("loading", "secret"))
    assert (board.most_urgent().room, board.most_urgent().reply_id) == (None, None)
    assert (board.most_urgent("secret").room, board.most_urgent("secret").reply_id) == ("secret", "r")


def test_the_value_for_everybody_holds_nothing_that_a_private_room_has_typed_or_read(board: StatusBoard) -> None:
    secret = "project-x-layoffs"
    error = ModelBusy(f"No backend has “{secret}”.", retry_after=3, field=secret)
    chunk = PhaseChunk("loading", progress=0.5, estimated=True, eta_seconds=4, queue_position=2, message=secret)
    board.update("a", status_of(chunk, at=NOW, room="one", reply_id="r", model=secret))
    assert board.most_urgent().model_dump(exclude_none=True) == {
        "type": "llmStatus",
        "status": "loading...",
        "phase": "loading",
        "message": "",
        "progress": 0.5,
        "estimated": True,
        "estimated_time": 4,
        "timestamp": "2026-01-21T12:53:20.125Z",
    }
    failed = status_of(PhaseChunk("failed"), at=NOW, room="one", reply_id="r", model=secret)
    failed.error = error.body("request 1")
    board.update("a", failed)
    told = board.most_urgent()
    assert told.error == wire.ErrorBody(code="model_busy", message="A model could not answer.")
    assert secret not in told.model_dump_json() and "request 1" not in told.model_dump_json()
    assert board.most_urgent("one") == failed


def test_everybody_may_know_a_model_that_a_backend_has(board: StatusBoard) -> None:
    board.update("a", status_of(PhaseChunk("loading"), at=NOW, room="one", model="llama3:8b", backend="ollama"))
    assert (board.most_urgent().model, board.most_urgent().backend) == ("llama3:8b", "ollama")


def test_a_room_sees_its_own_jobs_only(board: StatusBoard) -> None:
    board.update("a", at("loading", "one"))
    assert board.most_urgent("two").phase == "done"
    assert board.most_urgent("one").phase == "loading"


def test_a_job_that_ends_is_gone(board: StatusBoard) -> None:
    for phase in ("done", "stopped"):
        board.update("a", at("generating"))
        board.update("a", at(phase))
        assert board.most_urgent().phase == "done"


def test_an_error_stays_for_thirty_seconds(board: StatusBoard, clock: Clock) -> None:
    board.update("a", at("generating"))
    board.update("a", at("failed"))
    clock.now += 29
    assert board.most_urgent().status == "error"
    clock.now += 2
    assert board.most_urgent().status == ""


def test_an_error_goes_with_the_next_job_in_its_room(board: StatusBoard) -> None:
    board.update("a", at("failed", "one"))
    board.update("b", at("queued", "two"))
    assert board.most_urgent("one").status == "error"
    board.update("c", at("queued", "one"))
    assert board.most_urgent("one").phase == "queued"


def test_for_everybody_an_error_goes_with_the_next_job_wherever_it_is(board: StatusBoard) -> None:
    board.update("a", at("failed", "one"))
    assert board.most_urgent().status == "error"
    board.update("b", at("loading", "two"))
    assert board.most_urgent().status == "loading..."
    board.update("b", at("done", "two"))
    assert board.most_urgent().status == ""
    board.update("c", at("failed", "two"))
    assert board.most_urgent().status == board.most_urgent("one").status == board.most_urgent("two").status == "error"


def test_a_running_job_that_goes_on_does_not_clear_anothers_error(board: StatusBoard) -> None:
    board.update("b", at("prompt", "one"))
    board.update("a", at("failed", "one"))
    board.update("b", at("generating", "one"))
    assert board.most_urgent("one").status == "error"
