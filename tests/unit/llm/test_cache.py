"""Which answers are kept, for how long, and for whom."""

from collections.abc import Sequence
from dataclasses import replace

from chat.llm.base import ChatMessage, DoneChunk, Options, Tooling
from chat.llm.cache import ResponseCache, cache_key, question_key
from tests.fakes.clocks import Clock

HELLO = (ChatMessage("user", "hello"),)


def _key(
    scope: str,
    backend: str,
    model: str,
    messages: Sequence[ChatMessage],
    options: Options,
    template: str | None,
) -> str:
    return cache_key(question_key(scope, messages, options, None, template), backend, model)


def test_an_answer_is_found_with_its_age_until_its_time_is_up() -> None:
    clock = Clock()
    cache = ResponseCache(60, 10_000, clock)
    cache.put("k", "answer", DoneChunk(completion_tokens=2))
    clock.now += 59
    found = cache.get("k")
    assert found and (found.text, found.done.completion_tokens, found.age_seconds) == ("answer", 2, 59)
    clock.now += 2
    assert cache.get("k") is None


def test_the_limit_counts_bytes_not_answers() -> None:
    cache = ResponseCache(60, 10_000, Clock())
    for number in range(5):
        cache.put(f"k{number}", "ü" * 1500, DoneChunk())
    kept = [number for number in range(5) if cache.get(f"k{number}")]
    assert len(kept) == 2
    assert 4 in kept


def test_an_answer_larger_than_the_cache_displaces_nothing() -> None:
    cache = ResponseCache(60, 10_000, Clock())
    cache.put("small", "answer", DoneChunk())
    cache.put("large", "x" * 20_000, DoneChunk())
    assert cache.get("large") is None
    assert cache.get("small")


def test_only_complete_answers_are_kept() -> None:
    cache = ResponseCache(60, 10_000, Clock())
    cache.put("cut", "half", DoneChunk(finish="length"))
    cache.put("empty", "", DoneChunk())
    assert (cache.get("cut"), cache.get("empty")) == (None, None)


def test_zero_switches_the_cache_off() -> None:
    for cache in (ResponseCache(0, 10_000), ResponseCache(60, 0)):
        cache.put("k", "answer", DoneChunk())
        assert cache.get("k") is None


def test_the_same_question_has_the_same_key() -> None:
    key = _key("room", "ollama", "llama3", HELLO, Options(temperature=0.5, stop=("a",)), None)
    assert key == _key("room", "ollama", "llama3", list(HELLO), Options(temperature=0.5, stop=("a",)), None)
    assert key != _key("room", "ollama llama3", "", HELLO, Options(temperature=0.5, stop=("a",)), None)


def test_whatever_differs_makes_another_key() -> None:
    options = Options()
    keys = {
        _key("room", "ollama", "llama3", HELLO, options, None),
        _key("other", "ollama", "llama3", HELLO, options, None),
        _key("room", "lmstudio", "llama3", HELLO, options, None),
        _key("room", "ollama", "mistral", HELLO, options, None),
        _key("room", "ollama", "llama3", (*HELLO, ChatMessage("assistant", "hi")), options, None),
        _key("room", "ollama", "llama3", (replace(HELLO[0], role="system"),), options, None),
        _key("room", "ollama", "llama3", HELLO, Options(temperature=0.0), None),
        _key("room", "ollama", "llama3", HELLO, options, "parsing_analysis"),
        _key("roomollama", "", "llama3", HELLO, options, None),
        cache_key(question_key("room", HELLO, options, Tooling(tool_choice="none")), "ollama", "llama3"),
        cache_key(question_key("room", HELLO, options), "ollama", "llama3", "sha256:newer"),
    }
    assert len(keys) == 11
