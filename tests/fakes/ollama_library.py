"""What a pretended Ollama has on its disk, and can get."""

import json
from typing import TYPE_CHECKING

from tests.fakes.serving import Exchange

if TYPE_CHECKING:
    from tests.fakes.ollama import OllamaBehaviour

# Of every model that can be pulled: its files and their bytes.
LAYERS = {"sha256:dde5aa3fc5ff": 2_142_590_208, "sha256:966de95ca8a6": 1429}


def pull(exchange: Exchange, behaviour: "OllamaBehaviour") -> None:
    name = exchange.seen.body["model"]
    exchange.begin_stream("application/x-ndjson")
    exchange.line('{"status":"pulling manifest"}')
    if name not in behaviour.pullable:
        exchange.line('{"error":"pull model manifest: file does not exist"}')
        exchange.end_stream()
        return
    for digest, total in LAYERS.items():
        layer = {"status": f"pulling {digest[7:]}", "digest": digest, "total": total}
        exchange.line(json.dumps(layer))
        for step in range(1, 5):
            exchange.pause(behaviour.pull_seconds / 4 / len(LAYERS))
            exchange.line(json.dumps({**layer, "completed": total * step // 4}))
    exchange.line('{"status":"verifying sha256 digest"}')
    behaviour.models[full_name(name)] = {"size": sum(LAYERS.values())}
    exchange.line('{"status":"success"}')
    exchange.end_stream()


def delete(exchange: Exchange, behaviour: "OllamaBehaviour") -> None:
    name = full_name(exchange.seen.body["model"])
    if behaviour.models.pop(name, None) is None:
        exchange.json({"error": f"model '{name}' not found"}, 404)
    else:
        exchange.whole(b"", "text/plain")


def full_name(name: str) -> str:
    return name if ":" in name else f"{name}:latest"
