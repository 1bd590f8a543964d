"""Everything that one server of several processes is made of, on one machine, put together as `deploy/` does it."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import requests

from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.postgres_server import PostgresServer
from tests.proxies import Nginx
from tests.running_redis import RunningRedis
from tests.running_server import LIMITS, RunningServer
from tests.running_worker import RunningWorker
from tests.services.teams import until

WEB, WORKERS = 3, 2
AWAY_SECONDS = 1.0  # until a supervisor starts again what has died
ANSWER = OllamaBehaviour(text=" ".join(f"word{number}" for number in range(20)), token_seconds=0.25, slots=100)


class Part(Protocol):
    """Keeps its address over `kill` and `start`; its data, too, if it keeps any."""

    def kill(self) -> None: ...

    def start(self) -> None: ...


class Machine:
    """Runs from entering to leaving. `url` is the proxy's, which is where everybody comes from."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.redis, self.ollama = PostgresServer(), RunningRedis(), FakeOllama(ANSWER)
        self.proxy = Nginx(_made(folder / "nginx"))
        self.url = self.proxy.url
        self.database_url = self.postgres.address.format("postgres")
        settings = {
            "ALLOWED_ORIGINS": self.url,
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "OLLAMA_BASE_URL": self.ollama.url,
            "LLM_EXECUTOR": "dramatiq",
            "LLM_PARALLEL": "24",
            **LIMITS,
        }
        data_dir = _made(folder / "data")
        self.web = [RunningServer(data_dir, **settings) for _ in range(WEB)]
        self.workers = [RunningWorker(data_dir, **settings) for _ in range(WORKERS)]
        self.proxy.upstreams = [f"127.0.0.1:{server.port}" for server in self.web]
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for engine in (self.ollama, self.postgres, self.redis):
                starting.enter_context(engine)
            for process in (*self.web, *self.workers):
                starting.push(process)
            with ThreadPoolExecutor(max(WEB, WORKERS)) as pool:  # at once, as supervisors do
                list(pool.map(lambda server: server.start(), self.web))
                list(pool.map(lambda worker: worker.start(), self.workers))
            starting.enter_context(self.proxy)
            self._running = starting.pop_all()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._running.close()

    @property
    def mortal(self) -> Mapping[str, Part]:
        """One of each kind, by its name."""
        return {
            "a web process": self.web[0],
            "a worker": self.workers[0],
            "Redis": self.redis,
            "PostgreSQL": self.postgres,
        }

    def kill(self, part: Part) -> None:
        """With SIGKILL; it comes back as a supervisor would have it."""
        part.kill()
        time.sleep(AWAY_SECONDS)
        part.start()

    def wait_until_whole(self) -> None:
        """Until every web process can serve and hears the others."""
        for server in self.web:
            until(lambda url=server.url: _is_whole(url))


def _is_whole(url: str) -> bool:
    answer = requests.get(f"{url}/readyz", timeout=10)
    return answer.ok and answer.json()["checks"]["redis"] == "ok"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
