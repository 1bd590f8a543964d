"""For whoever runs the server: is it alive, is it ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask, Response

from chat import wire
from chat.db.unit_of_work import Database
from chat.llm.model_list import ModelList
from chat.services.health import find_database_problem
from chat.web.responses import json_answer

HealthStatus = Literal["ok", "stopping", "failing"]


@dataclass
class Ops:
    """`hears_others()` says whether the other processes of the server are heard; None where there are none."""

    db: Database
    models: ModelList
    hears_others: Callable[[], bool] | None = None
    stopping: bool = False

    def add_to(self, app: Flask) -> None:
        app.add_url_rule("/healthz", "healthz", self.healthz)
        app.add_url_rule("/readyz", "readyz", self.readyz)

    def healthz(self) -> Response:
        """200 as long as the process answers at all."""
        return json_answer(wire.Health(status="ok"))

    def readyz(self) -> Response:
        """200 when requests can be served; 503 while stopping or without a database. Models and Redis do not decide."""
        checks: dict[str, Any] = {"models": {b.name: b.reachable for b in self.models.backends()}}
        problem = find_database_problem(self.db)
        checks["database"] = problem or "ok"
        if self.hears_others:
            checks["redis"] = "ok" if self.hears_others() else "away"
        status: HealthStatus = "stopping" if self.stopping else "failing" if problem else "ok"
        return json_answer(wire.Health(status=status, checks=checks), 200 if status == "ok" else 503)
