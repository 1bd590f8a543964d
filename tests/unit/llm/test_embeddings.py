"""Vectors in the answers of backends: nothing passes that is none, or not what was asked for."""

from typing import Any

import pytest

from chat.errors import InvalidInput
from chat.llm.base import Embeddings, EmbedRequest
from chat.llm.embeddings import embeddings_of, openai_embeddings
from chat.llm.http_errors import Refused

TWO = EmbedRequest("m", ("a", "b"))


def _row(index: Any, vector: Any) -> dict[str, Any]:
    return {"object": "embedding", "index": index, "embedding": vector}


def test_openais_rows_are_put_in_the_order_of_their_index() -> None:
    answer = {"data": [_row(1, [3, 4]), _row(0, [1.5, 2])], "usage": {"prompt_tokens": 7}}
    assert openai_embeddings(answer, TWO) == Embeddings(([1.5, 2], [3, 4]), 7)


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None}, {"prompt_tokens": "7"}, "x"])
def test_tokens_that_are_not_told_are_none(usage: Any) -> None:
    assert openai_embeddings({"data": [_row(0, [1]), _row(1, [2])], "usage": usage}, TWO).prompt_tokens is None


@pytest.mark.parametrize(
    "vectors",
    [
        None,
        [],
        [[1.0]],
        [[1.0], [2.0], [3.0]],
        [[1.0], []],
        [[1.0], None],
        [[1.0], ["2.0"]],
        [[1.0], [None]],
        [[1.0], [[2.0]]],
        [[1.0], [float("nan")]],
        [[1.0], [float("inf")]],
        [[1.0], [1e300]],
        [[1.0], [2.0, 3.0]],
        "x",
    ],
)
def test_what_is_no_vector_for_each_text_is_refused(vectors: Any) -> None:
    with pytest.raises(Refused, match="the answer has no embeddings"):
        embeddings_of({"embeddings": vectors}, vectors, 1, TWO)


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"data": None}, {"data": ["x", None]}, {"data": [{}, {}]}])
def test_an_answer_of_any_other_shape_is_refused(answer: Any) -> None:
    with pytest.raises(Refused):
        openai_embeddings(answer, TWO)


def test_an_error_with_status_200_is_what_is_said() -> None:
    answer = {"error": {"message": "Model is not embedding.", "code": "model_not_found"}}
    with pytest.raises(Refused) as refused:
        openai_embeddings(answer, TWO)
    assert (refused.value.text, refused.value.code) == ("Model is not embedding.", "model_not_found")


def test_a_length_that_was_not_asked_for_is_refused_by_name() -> None:
    asked = EmbedRequest("m", ("a",), dimensions=2)
    assert embeddings_of({}, [[1.0, 2.0]], 1, asked).vectors == ([1.0, 2.0],)
    with pytest.raises(InvalidInput, match="gives 3 dimensions, not 2. Leave it out.") as refused:
        embeddings_of({}, [[1.0, 2.0, 3.0]], 1, asked)
    assert refused.value.field == "dimensions"
