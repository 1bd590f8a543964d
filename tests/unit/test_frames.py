"""WebSocket frames, checked against the client library's and the RFC's own examples."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websocket import ABNF

from chat.realtime.frames import (
    BINARY,
    CLOSE,
    MAX_PARTS,
    NOT_TEXT,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    BadFrame,
    FrameReader,
    build_frame,
    close_frame,
    unmask,
)  # fmt: skip

MAX = 1000
frames = st.lists(
    st.one_of(
        st.tuples(st.sampled_from((TEXT, BINARY)), st.binary(max_size=MAX)),
        st.tuples(st.sampled_from((PING, PONG, CLOSE)), st.binary(max_size=125)),
    ),
    max_size=6,
)


def _masked(payload: bytes, opcode: int = TEXT, final: int = 1, **bits: int) -> bytes:
    frame = ABNF(final, bits.get("rsv1", 0), 0, 0, opcode, 1, payload)
    frame.get_mask_key = lambda size: b"\x37\xfa\x21\x3d"
    return bytes(frame.format())


@given(frames, st.lists(st.integers(0, 8000), max_size=8))
def test_messages_are_read_however_the_bytes_come(sent: list[tuple[int, bytes]], cuts: list[int]) -> None:
    stream = b"".join(_masked(payload, opcode) for opcode, payload in sent)
    reader = FrameReader(MAX)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    assert [message for start, end in pairwise(places) for message in reader.feed(stream[start:end])] == sent


@given(st.lists(st.binary(max_size=50), min_size=2, max_size=8))
def test_a_message_may_come_in_parts_with_a_ping_between(parts: list[bytes]) -> None:
    reader, found = FrameReader(MAX), []
    for number, part in enumerate(parts):
        opcode = TEXT if number == 0 else 0
        found += reader.feed(_masked(part, opcode, final=number == len(parts) - 1))
        found += reader.feed(_masked(b"?", PING))
    assert [payload for opcode, payload in found if opcode == TEXT] == [b"".join(parts)]
    assert found.count((PING, b"?")) == len(parts)


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_unmasking_is_the_same_as_byte_by_byte(payload: bytes, mask: bytes) -> None:
    assert unmask(payload, mask) == bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_what_is_built_is_what_a_client_reads(size: int) -> None:
    frame = build_frame(b"x" * size)
    expected = ABNF(1, 0, 0, 0, TEXT, 0, b"x" * size).format()
    assert frame == expected


def test_the_example_of_the_rfc() -> None:
    hello = bytes((0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58))
    assert FrameReader(MAX).feed(hello) == [(TEXT, b"Hello")]
    assert build_frame(b"Hello") == bytes((0x81, 0x05)) + b"Hello"
    assert close_frame(NOT_TEXT) == bytes((0x88, 0x02, 0x03, 0xEB))


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (build_frame(b"not masked"), PROTOCOL_ERROR),
        (_masked(b"compressed", rsv1=1), PROTOCOL_ERROR),
        (bytes((0x83, 0x80)) + b"mask", PROTOCOL_ERROR),
        (_masked(b"half a ping", PING, final=0), PROTOCOL_ERROR),
        (_masked(b"x" * 126, PING), PROTOCOL_ERROR),
        (_masked(b"continues nothing", 0), PROTOCOL_ERROR),
        (_masked(b"one", final=0) + _masked(b"another"), PROTOCOL_ERROR),
        (_masked(b"x" * (MAX + 1)), TOO_BIG),
        (_masked(b"x" * (MAX + 1))[:8], TOO_BIG),  # known from the header, before it is there
        (_masked(b"x" * 600, final=0) + _masked(b"x" * 600, 0), TOO_BIG),
        (_masked(b"", final=0) + _masked(b"", 0, final=0) * (MAX_PARTS + 1), TOO_BIG),
    ],
)
def test_what_breaks_the_rules_ends_the_connection(stream: bytes, code: int) -> None:
    with pytest.raises(BadFrame) as refused:
        FrameReader(MAX).feed(stream)
    assert refused.value.code == code
