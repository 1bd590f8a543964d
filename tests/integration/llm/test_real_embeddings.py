"""Embeddings of a real llama.cpp: what the pretended servers were written after."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from chat.errors import ContextTooLong, InvalidInput
from chat.llm.base import EmbedRequest
from chat.llm.cancelling import CancelToken
from chat.llm.llama_server import LlamaServer
from tests.likeness import likeness
from tests.running_server import ROOT


@pytest.fixture(scope="module")
def backend() -> Iterator[LlamaServer]:
    program = [sys.executable, "-m", "tests.integration.llm.real_embedder"]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(program, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=nowhere, text=True) as running:
        assert running.stdout
        address = next(found[0] for line in running.stdout if (found := re.match(r"http://[\d.:]+", line)))
        yield LlamaServer("real", address)
        running.communicate(timeout=30)


def _embed(backend: LlamaServer, *texts: str, dimensions: int | None = None) -> tuple[list[float], ...]:
    made = backend.embed(EmbedRequest("smollm2", texts, dimensions), CancelToken())
    assert made.prompt_tokens and made.prompt_tokens >= len(texts)
    return made.vectors


def test_texts_that_are_alike_have_vectors_that_are_alike(backend: LlamaServer) -> None:
    cat, again, cats, engine = _embed(
        backend,
        "The cat sleeps on the sofa.",
        "The cat sleeps on the sofa.",
        "A cat is sleeping on a sofa.",
        "int main(void) { return 1; }",
    )
    assert likeness(cat, again) > 0.999
    assert likeness(cat, cats) > likeness(cat, engine)


def test_its_own_words_are_understood(backend: LlamaServer) -> None:
    with pytest.raises(ContextTooLong, match="too large to process"):
        _embed(backend, "word " * 3000)
    with pytest.raises(InvalidInput, match="gives 576 dimensions, not 4"):
        _embed(backend, "a", dimensions=4)
