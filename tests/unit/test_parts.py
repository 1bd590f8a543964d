"""`make test` runs a few failing tests again, says so, and still fails for what fails twice or fails in numbers."""

import os
from pathlib import Path

import pytest

from scripts.parts import MOST_AGAIN, PYTEST, Part, PytestPart, run_all
from scripts.steps import SetupFailed

ONCE = """
from pathlib import Path
def test_fails_once():
    mark = Path("mark")
    was_here = mark.exists()
    mark.touch()
    assert was_here
"""


def _part(folder: Path, tests: str, processes: int = 0) -> PytestPart:
    folder.mkdir(exist_ok=True)
    (folder / "test_it.py").write_text(tests)
    return PytestPart("some tests", [*PYTEST, "-n", str(processes), "--dist", "loadfile", "test_it.py"], folder)


def _run(*parts: Part) -> None:
    run_all(*parts, env=dict(os.environ))


def test_what_fails_among_others_and_passes_alone_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(_part(tmp_path, ONCE + "def test_passes(): pass", processes=2))
    shown = capsys.readouterr().out
    assert "All is well" in shown
    assert "run again alone" in shown and "test_it.py::test_fails_once" in shown and "test_passes" not in shown


def test_what_fails_twice_fails(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed, match="some tests"):
        _run(_part(tmp_path, "def test_fails(): assert False"))


def test_of_two_that_fail_both_must_pass_the_second_time(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed):
        _run(_part(tmp_path, ONCE + "def test_fails(): assert False"))


def test_a_run_in_which_many_fail_fails_whatever_part_they_are_of(tmp_path: Path) -> None:
    parts = [_part(tmp_path / str(number), ONCE) for number in range(MOST_AGAIN + 1)]
    with pytest.raises(SetupFailed):
        _run(*parts)
    _run(*parts)  # each would have passed the second time


def test_many_that_fail_are_not_run_again(tmp_path: Path) -> None:
    cases = f"""
import pytest
from pathlib import Path
@pytest.mark.parametrize("number", range({MOST_AGAIN + 1}))
def test_fails_once(number):
    mark = Path(f"mark {{number}}")
    was_here = mark.exists()
    mark.touch()
    assert was_here
"""
    with pytest.raises(SetupFailed):
        _run(_part(tmp_path, cases))


def test_a_failure_of_an_earlier_run_is_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed):
        _run(_part(tmp_path, "def test_fails(): assert False"))
    _run(_part(tmp_path, "def test_passes(): pass"))


def test_a_run_that_could_not_begin_fails(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed):
        _run(_part(tmp_path, "import nothing_of_that_name"))


def test_other_parts_are_run_once_and_all_of_them(tmp_path: Path) -> None:
    failing, writing = ["sh", "-c", "echo once >> tries; false"], ["touch", "done"]
    with pytest.raises(SetupFailed, match="one"):
        _run(Part("one", failing, tmp_path), Part("other", writing, tmp_path))
    assert (tmp_path / "tries").read_text() == "once\n" and (tmp_path / "done").exists()
