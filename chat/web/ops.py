"""For whoever runs the server: is it alive, is it ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask, Response

from chat import wire
from chat.llm.model_list import ModelList
from chat.services.health import DatabaseHealth
from chat.web.responses import json_answer

HealthStatus = Literal["ok", "stopping", "failing"]
_STOPPING = "This server is being stopped. Send people to another one, or again in a few seconds."


@dataclass
class Ops:
    """`hears_others()` says whether the other processes of the server are heard; None where there are none."""

    database: DatabaseHealth
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
        """200 when requests can be served; 503 while stopping, or without a database that takes something.

        Models and Redis do not decide: people can talk without them.
        """
        checks: dict[str, Any] = {"models": {b.name: b.reachable for b in self.models.backends()}}
        if self.hears_others:
            checks["redis"] = "ok" if self.hears_others() else "away"
        if self.stopping:
            return _answer("stopping", {**checks, "server": _STOPPING})
        problem = self.database.problem()
        return _answer("failing" if problem else "ok", {**checks, "database": problem or "ok"})


def _answer(status: HealthStatus, checks: dict[str, Any]) -> Response:
    return json_answer(wire.Health(status=status, checks=checks), 200 if status == "ok" else 503)
