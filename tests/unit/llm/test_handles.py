"""What one types after @ to speak to a model."""

import pytest

from chat.llm.handles import base_of, handle_of, unique_handles


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("llama3", "llama3"),
        ("LLaMA3:latest", "llama3"),
        ("qwen3:8b-q4_K_M", "qwen3:8b-q4_k_m"),
        ("ggml-org/gemma-3-4b-it-GGUF:Q4_K_M", "ggml-org/gemma-3-4b-it-gguf:q4_k_m"),
        ("My Model (v2)", "my-model-v2"),
        ("模型", "model"),
    ],
)
def test_a_handle_has_only_what_can_be_typed(name: str, handle: str) -> None:
    assert handle_of(name) == handle


def test_the_base_is_what_stands_before_the_tag() -> None:
    assert [base_of(name) for name in ("llama3:8b", "llama3", "org/m:q4")] == ["llama3", "llama3", "org/m"]


def test_no_two_handles_are_equal() -> None:
    models = [("a", "m"), ("b", "m"), ("b", "M"), ("b", "m:latest"), ("c", "m-b")]
    handles = unique_handles(models)
    assert handles[:2] == ["m", "m-b"]
    assert len(set(handles)) == 5
