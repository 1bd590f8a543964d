"""What an admin sees of the cache: counted over rooms and programs together."""

import pytest

from chat.wire import CacheFacts
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person
from tests.running_server import LIMITS, RunningServer


def test_hits_and_the_seconds_they_saved_are_counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    with FakeOllama(OllamaBehaviour(prompt_seconds=0.5)) as ollama:
        settings = {"OLLAMA_BASE_URL": ollama.url, **LIMITS}
        with RunningServer(tmp_path_factory.mktemp("data"), **settings) as server:
            admin = Person(server.url, "ada").register()

            def facts() -> CacheFacts:
                return CacheFacts(**admin.get("/api/llm/cache").json())

            assert (facts().asked, facts().hit_rate) == (0, None)
            for _ in range(3):
                assert admin.post("/api/llm/generate", prompt="hello").ok
            assert admin.post("/api/llm/generate", prompt="hello", bypass_cache=True).ok
            told = facts()
            assert (told.asked, told.hits, told.shared, told.computed, told.hit_rate) == (4, 2, 0, 2, 0.5)
            assert 1.0 <= told.saved_seconds < 30
            assert told.entries == 1 and told.size_bytes > 0
