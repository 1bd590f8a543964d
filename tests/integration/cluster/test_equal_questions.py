"""The same question asked at two processes, and the store that they share."""

from concurrent.futures import ThreadPoolExecutor

import requests

from chat.background import Background
from chat.cluster.store import Store
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.integration.cluster.conftest import Pair
from tests.people import Person
from tests.running_redis import RunningRedis
from tests.services.teams import until

NOTHING_ELSE = Background(lambda work: None, lambda seconds: None)


def _chats(ollama: FakeOllama) -> int:
    """Without the one that only loads the model."""
    return sum(seen.path == "/api/chat" and bool(seen.body["messages"]) for seen in ollama.seen)


def _ask(person: Person) -> requests.Response:
    return person.post("/api/llm/generate", prompt="the same for both", model="llama3")


def test_a_model_works_once_for_equal_questions_at_two_processes(pair: Pair, ollama: FakeOllama) -> None:
    ollama.behaviour = OllamaBehaviour(text="The same answer for both.", token_seconds=0.2)
    people = [pair.person_at(server) for server in (pair.one, pair.other)]
    before = _chats(ollama)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(_ask, people)
    assert first.json()["text"] == second.json()["text"] == "The same answer for both."
    assert _chats(ollama) == before + 1
    assert _ask(people[1]).json()["cached"] and _chats(ollama) == before + 1


def test_a_claim_is_one_process_s_until_it_lets_go(redis: RunningRedis) -> None:
    one, other = Store(redis.url, NOTHING_ELSE), Store(redis.url, NOTHING_ELSE)
    let_go = one.claim("a question")
    assert let_go and other.claim("a question") is None and other.claim("another one")
    let_go()
    assert other.claim("a question")


def test_values_are_forgotten_by_their_prefix_and_when_their_time_is_up(redis: RunningRedis) -> None:
    store = Store(redis.url, NOTHING_ELSE)
    store.put("kept:a", b"1", 60)
    store.put("kept:b", b"2", 0.05)
    store.put("other:c", b"3", 60)
    assert store.get("kept:a") == b"1"
    until(lambda: store.get("kept:b") is None)
    store.clear("kept:")
    assert (store.get("kept:a"), store.get("other:c")) == (None, b"3")


def test_without_redis_there_are_no_values_and_every_claim_may_be_had() -> None:
    redis = RunningRedis()
    store = Store(redis.url, NOTHING_ELSE)
    store.put("key", b"1", 60)
    assert store.get("key") is None
    let_go = store.claim("a question")
    assert let_go
    let_go()
