"""Looking at several backends, one of which hangs."""

import threading
import time

from chat.llm.base import ModelFacts
from chat.llm.registry import Registry
from chat.llm.scripted import Scripted


class Hanging(Scripted):
    """Answers the first time, and then not before the test lets it."""

    def __init__(self) -> None:
        super().__init__(name="hanging", models=["slow"])
        self.looks = 0
        self.may_answer = threading.Event()

    def list_models(self) -> list[ModelFacts]:
        self.looks += 1
        if self.looks > 1:
            self.may_answer.wait(10)
        return super().list_models()


def test_nobody_waits_for_a_backend_that_hangs() -> None:
    """Neither those who look nor the other backends; it keeps what it said, and its answer is taken when it comes."""
    hanging, quick = Hanging(), Scripted(name="quick", models=["a"])
    found = Registry([hanging, quick])
    found.glance(60)
    for models in (["a", "b"], ["a", "b", "c"]):
        quick.models = [ModelFacts(name) for name in models]
        began = time.monotonic()
        found.glance(0.2)
        assert time.monotonic() - began < 5
        assert [entry.name for entry in found.models()] == ["slow", *models]
    assert hanging.looks == 2, "it is not asked again while it is silent"
    hanging.models = [ModelFacts("slow"), ModelFacts("new")]
    hanging.may_answer.set()
    found.glance(60)
    assert [entry.name for entry in found.models()][:2] == ["slow", "new"]


def test_who_waits_for_one_backend_does_not_wait_for_another() -> None:
    hanging, quick = Hanging(), Scripted(name="quick", models=["a"])
    found = Registry([hanging, quick])
    found.refresh()
    quick.models = []
    found.refresh("quick")
    assert [entry.name for entry in found.models()] == ["slow"]
    hanging.may_answer.set()


def test_however_many_want_a_new_look_there_is_one_after_the_one_that_goes_on() -> None:
    hanging = Hanging()
    found = Registry([hanging])
    found.refresh()
    ends = [end for _ in range(50) for end in found.look_again()]
    hanging.may_answer.set()
    assert all(end.wait(10) for end in ends)
    assert hanging.looks == 3, "the first, the one that went on, and one for all who asked meanwhile"
