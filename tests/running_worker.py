"""A worker as its own process, beside servers that leave the asking of models to it."""

from pathlib import Path

from chat.db.ids import new_id
from tests.running_server import RunningServer

READY = "this worker takes questions"


class RunningWorker(RunningServer):
    """With the settings of the servers that it works for."""

    program = ("-m", "flask", "--app", "app", "work")

    def __init__(self, data_dir: Path, **settings: str) -> None:
        super().__init__(data_dir, **settings)
        self.log_path = data_dir / f"worker-{new_id()}.log"
        self._began = 0

    def start(self) -> None:
        """Returns when it takes questions."""
        self._began = self.log().count(READY) if self.log_path.exists() else 0
        super().start()

    def is_ready(self) -> bool:
        return self.log().count(READY) > self._began
