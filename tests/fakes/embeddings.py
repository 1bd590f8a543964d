"""Pretended embeddings: the same text always has the same vector, and an answer can go wrong in every way."""

import hashlib
import json
from typing import Any

from tests.fakes.serving import Exchange

LENGTH = 8  # of a vector, unless the request says otherwise


def vector_of(text: str, length: int = LENGTH) -> list[float]:
    """Numbers from -1 to 1 that 32-bit floats hold exactly."""
    digest = hashlib.sha256(text.encode()).digest()
    return [digest[place % len(digest)] / 128 - 1 for place in range(length)]


def embeds(model: str) -> bool:
    """Whether a model of this name makes embeddings; all others write."""
    return "embed" in model


def ollama_embeddings(exchange: Exchange, model: str, fault: str, *, is_fixed: bool) -> None:
    """The answer to `/api/embed`. With `is_fixed` nobody listens to the length that is asked for."""
    if not embeds(model):
        exchange.json({"error": "This server does not support embeddings. Start it with `--embeddings`"}, 500)
        return
    vectors = _vectors(exchange.seen.body, is_fixed=is_fixed)
    answer = {"model": model, "embeddings": vectors, "prompt_eval_count": _tokens(exchange.seen.body)}
    _answer(exchange, answer, fault)


def openai_embeddings(exchange: Exchange, fault: str, *, is_fixed: bool) -> None:
    """The answer to `/v1/embeddings`, in any order: only `index` says whose vector it is."""
    body = exchange.seen.body
    rows = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(_vectors(body, is_fixed=is_fixed))
    ]
    usage = {"prompt_tokens": _tokens(body), "total_tokens": _tokens(body)}
    _answer(exchange, {"object": "list", "data": rows[::-1], "model": body["model"], "usage": usage}, fault)


def _vectors(body: dict[str, Any], *, is_fixed: bool) -> list[list[float]]:
    length = LENGTH if is_fixed else body.get("dimensions", LENGTH)
    return [vector_of(text, length) for text in body["input"]]


def _tokens(body: dict[str, Any]) -> int:
    return sum(len(text.split()) for text in body["input"])


def _answer(exchange: Exchange, answer: dict[str, Any], fault: str) -> None:
    """Says `answer`, or what is left of it by `fault`: garbage, half line, cut, crash, hang, stall or die."""
    if fault in ("hang", "stall"):
        exchange.pause(3600)
    elif fault == "die":
        exchange.die()
    elif fault == "crash":
        exchange.json({"error": {"code": 500, "message": "the slot has crashed", "type": "server_error"}}, 500)
    elif fault == "garbage":
        exchange.whole(b"<html>this is no JSON", "application/json")
    elif fault:
        body = json.dumps(answer).encode()
        exchange.whole(body[: len(body) // 2], "application/json", headers={"Content-Length": str(len(body))})
        exchange.stop_short()
    else:
        exchange.json(answer)
