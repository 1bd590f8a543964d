"""Pieces of text that came together are one; nothing changes its place, and nothing is lost."""

from collections.abc import Iterator

import pytest

from chat.llm.base import Chunk, PhaseChunk, ReasoningChunk, TextChunk, ToolCallChunk
from chat.llm.completion_stream import completion_chunks
from chat.llm.http_errors import Refused
from chat.llm.http_lines import PAUSE
from chat.llm.writing import Writing

GENERATING = PhaseChunk("generating")


def delta(**said: object) -> str:
    text = ", ".join(f'"{key}": "{value}"' for key, value in said.items())
    return f'data: {{"choices": [{{"delta": {{{text}}}}}]}}'


def chunks_of(*lines: str) -> Iterator[Chunk]:
    return completion_chunks(iter(lines), Writing(), "The server", None)


def test_texts_that_came_together_are_one_chunk() -> None:
    found = chunks_of(delta(content="a"), delta(content="b"), PAUSE, delta(content="c"), PAUSE, "data: [DONE]")
    assert list(found)[:-1] == [GENERATING, TextChunk("ab"), TextChunk("c")]


def test_nothing_that_is_here_waits_for_what_is_not() -> None:
    def lines() -> Iterator[str]:
        yield from (delta(content="a"), delta(content=""), ": a comment", PAUSE)
        raise AssertionError("the next line was asked for first")

    found = completion_chunks(lines(), Writing(), "The server", None)
    assert [next(found), next(found)] == [GENERATING, TextChunk("a")]


def test_thoughts_and_text_keep_their_order() -> None:
    said = (delta(reasoning="x"), delta(reasoning="y"), delta(content="a"), delta(reasoning="z"), delta(content="b"))
    expected = [ReasoningChunk("xy"), GENERATING, TextChunk("a"), ReasoningChunk("z"), TextChunk("b")]
    assert list(chunks_of(*said, "data: [DONE]"))[:-1] == expected


def test_a_call_comes_after_the_text_before_it() -> None:
    writing, call = Writing(), ToolCallChunk(0, "id", "name")
    assert [*writing.text("a"), *writing.tool_call(call)] == [GENERATING, TextChunk("a"), call]


def test_half_a_character_in_a_call_is_no_character() -> None:
    said = ToolCallChunk(0, "id\ud800", "name\udc00", '{"a":"\ud83d"}')
    assert list(Writing().tool_call(said))[-1] == ToolCallChunk(0, "id\ufffd", "name\ufffd", '{"a":"\ufffd"}')


@pytest.mark.parametrize("text", ["a", "a\\ud83d\\ude00"])
def test_what_was_said_before_an_error_is_kept(text: str) -> None:
    found: list[Chunk] = []
    with pytest.raises(Refused):
        found.extend(chunks_of(delta(content=text), 'data: {"error": {"message": "no"}}'))
    assert found == [GENERATING, TextChunk(text.replace("\\ud83d\\ude00", "😀"))]
