"""One list of models in the forms that servers are known to give it."""

from typing import Any

import pytest

from chat.llm.base import ModelFacts
from chat.llm.http_errors import Refused
from chat.llm.openai_models import model_facts


@pytest.mark.parametrize(
    ("item", "facts"),
    [
        ({"id": "m", "object": "model"}, ModelFacts("m")),
        ({"id": "m", "status": {"value": "loading", "args": []}}, ModelFacts("m", loaded=False)),
        ({"id": "m", "status": {"value": "loaded"}}, ModelFacts("m", loaded=True)),
        ({"id": "m", "state": "not-loaded"}, ModelFacts("m", loaded=False)),
        (
            {"id": "m", "state": "loaded", "loaded_context_length": 8192, "type": "llm"},
            ModelFacts("m", loaded=True, context_length=8192),
        ),
        (
            {"id": "m", "meta": {"n_ctx": 4096, "size": 7, "n_params": 3}},
            ModelFacts("m", loaded=True, size_bytes=7, context_length=4096),
        ),
        ({"id": "m", "meta": None, "max_model_len": 2048}, ModelFacts("m", context_length=2048)),
        ({"id": "m", "type": "embeddings"}, ModelFacts("m", capabilities=("embedding",))),
        ({"id": "nomic-embed-text"}, ModelFacts("nomic-embed-text", capabilities=("embedding",))),
    ],
)
def test_each_form_gives_what_it_tells_and_nothing_more(item: dict[str, Any], facts: ModelFacts) -> None:
    assert model_facts({"data": [item]}) == [facts]


@pytest.mark.parametrize("answer", [{"error": "Unexpected endpoint or method."}, {"data": None}, [], "x", None, {}])
def test_what_is_no_list_of_models_is_refused(answer: Any) -> None:
    with pytest.raises(Refused):
        model_facts(answer)


def test_entries_without_a_name_are_left_out() -> None:
    assert model_facts({"data": [{"object": "model"}, "x", {"id": "m"}]}) == [ModelFacts("m")]
