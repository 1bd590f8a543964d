"""The models and backends as people see them."""

from typing import Any

from chat import wire
from chat.llm.registry import BackendState, ModelEntry, Registry
from chat.llm.status import range_of
from chat.llm.warmth import Warmth


class ModelList:
    def __init__(self, registry: Registry, warmth: Warmth) -> None:
        self._registry, self._warmth = registry, warmth

    def models(self) -> list[wire.ModelInfo]:
        return [self._info(entry) for entry in self._registry.models()]

    def embedders(self) -> list[wire.ModelInfo]:
        """Those that only make embeddings."""
        return [self._info(entry) for entry in self._registry.embedders()]

    def backends(self) -> list[wire.BackendInfo]:
        return [
            wire.BackendInfo(
                name=b.name, kind=b.kind, url=b.url, reachable=b.reachable, error=b.error, abilities=list(b.abilities)
            )
            for b in self._registry.backends()
        ]

    def states(self) -> list[BackendState]:
        """The backends with what is for admins only."""
        return self._registry.backends()

    def default(self) -> str | None:
        """The id of the model that answers when none is named."""
        entry = self._registry.default()
        return entry.id if entry else None

    def fields(self) -> dict[str, Any]:
        """As they stand in `setup` and `models_changed`."""
        return {"models": self.models(), "backends": self.backends(), "default_model": self.default()}

    def _info(self, entry: ModelEntry) -> wire.ModelInfo:
        facts = entry.facts
        load = self._warmth.estimate(entry.backend.name, entry.name)
        return wire.ModelInfo(
            id=entry.id,
            name=entry.name,
            handle=entry.handle,
            backend=entry.backend.name,
            backend_kind=entry.backend.kind,
            loaded=facts.loaded,
            size_bytes=facts.size_bytes,
            context_length=facts.context_length,
            expires_at=facts.expires_at,
            capabilities=list(facts.capabilities),
            load_ms_estimate=round(load.usual * 1000) if load else None,
            load_ms_range=range_of((round(load.soonest * 1000), round(load.latest * 1000))) if load else None,
        )
