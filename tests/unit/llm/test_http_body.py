"""A body is put together from HTTP chunks, wherever the network cuts them."""

from http.client import HTTPException

import pytest

from chat.llm.http_chunks import Chunks

SAID = [b"data: 1\n\n", b"\r\n", b"0\r\n\r\n", b"x" * 300, "ü".encode()]
SENT = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in SAID) + b"0\r\n\r\n"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 100, len(SENT)])
def test_chunks_are_found_wherever_they_are_cut(step: int) -> None:
    chunks, found = Chunks(), b""
    for at in range(0, len(SENT), step):
        assert not chunks.are_over or at > len(SENT) - 5
        found += chunks.take(SENT[at : at + step])
    assert found == b"".join(SAID)
    assert chunks.are_over


def test_what_has_come_is_given_at_once() -> None:
    chunks = Chunks()
    assert chunks.take(b"5\r\nab") == b"ab"
    assert chunks.take(b"c") == b"c"
    assert chunks.take(b"de\r\n3;why=not\r\nfg") == b"defg"
    assert not chunks.are_over


@pytest.mark.parametrize("sent", [b"wide\r\n", b"-5\r\nabc", b"\r\n", b"2\r\nabc\r\n", b"f" * 100_000])
def test_what_is_no_chunk_is_an_error(sent: bytes) -> None:
    with pytest.raises(HTTPException):
        Chunks().take(sent)
