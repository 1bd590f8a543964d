"""Vectors in a few bytes: a bit of each number to look through many, and eight bits of it to compare the best of them.

A model's vectors all point into about the same direction, those of questions into another one than those of passages.
What tells them apart is how they differ from the middle of their kind, so this is what is kept and compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = Sequence[Sequence[float]]
Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Differences = NDArray[np.uint16]
Codes = NDArray[np.uint64]  # a row of words for each vector, a bit for each number: 1 where it is above 0
WORD_BITS = 64
AT_ONCE = 1024  # codes: what is made of so many stays in the processor's cache
_NUMBER, _WORD, _FLOAT = np.dtype("<i8"), np.dtype("<u8"), np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Space:
    """Where a model's vectors are: the middle of those of passages, and of those of questions."""

    passages: Floats
    questions: Floats

    @staticmethod
    def around(passages: Vectors, questions: Vectors) -> "Space":
        return Space(_of_length_one(passages).mean(axis=0), _of_length_one(questions).mean(axis=0))

    @staticmethod
    def from_bytes(stored: bytes) -> "Space":
        passages, questions = np.frombuffer(stored, _FLOAT).reshape(2, -1)
        return Space(passages, questions)

    def to_bytes(self) -> bytes:
        return bytes(np.stack([self.passages, self.questions]).astype(_FLOAT).tobytes())

    @property
    def dimensions(self) -> int:
        return len(self.passages)

    @property
    def words(self) -> int:
        """Of one code."""
        return -(-self.dimensions // WORD_BITS)

    def of_passages(self, vectors: Vectors | Floats) -> Floats:
        """In which direction they differ from the middle."""
        return _of_length_one(_of_length_one(vectors) - self.passages)

    def of_question(self, vector: Sequence[float]) -> Floats:
        return np.asarray(_of_length_one(_of_length_one([vector]) - self.questions)[0])

    def codes(self, apart: Floats) -> Codes:
        bits = np.zeros((len(apart), self.words * WORD_BITS), bool)
        bits[:, : self.dimensions] = apart > 0
        return np.packbits(bits, axis=1).view(_WORD)


def _of_length_one(given: Vectors | Floats) -> Floats:
    vectors = np.asarray(given, np.float32)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def pack(apart: Floats) -> bytes:
    """One vector: the size of a step, then each number as so many of them."""
    step = np.float32(max(float(np.abs(apart).max()) / 127, 1e-12))
    return bytes(step.astype(_FLOAT).tobytes() + np.rint(apart / step).astype(np.int8).tobytes())


def unpack(stored: Sequence[bytes]) -> Floats:
    """Vectors as they were, but for the half of a step."""
    table = np.frombuffer(b"".join(stored), np.uint8).reshape(len(stored), -1)
    steps = np.ascontiguousarray(table[:, : _FLOAT.itemsize]).view(_FLOAT)
    return np.asarray(table[:, _FLOAT.itemsize :].view(np.int8) * steps, np.float32)


def numbers_to_bytes(numbers: Numbers) -> bytes:
    return bytes(numbers.astype(_NUMBER).tobytes())


def numbers_from_bytes(stored: bytes) -> Numbers:
    return np.frombuffer(stored, _NUMBER)


def codes_to_bytes(codes: Codes) -> bytes:
    return bytes(codes.astype(_WORD).tobytes())


def codes_from_bytes(stored: bytes, words: int) -> Codes:
    return np.frombuffer(stored, _WORD).reshape(-1, words)


def differences(codes: Codes, code: Codes) -> Differences:
    """In how many bits each of them differs."""
    counts = np.zeros(len(codes), np.uint16)
    for place, word in enumerate(code):
        counts += np.bitwise_count(codes[:, place] ^ word)
    return counts


def likeness(codes: Codes, asked: Floats) -> Floats:
    """The sum of the question's numbers where each of them has a bit: truer than `differences`, and slower."""
    sums = np.empty(len(codes), np.float32)
    for start in range(0, len(codes), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        bits = np.unpackbits(codes[some].view(np.uint8), axis=1)[:, : len(asked)]
        np.matmul(bits.astype(np.float32), asked, out=sums[some])
    return sums


class Closest:
    """About `most` of the codes that are seen: those that differ least from `code`, and as many as differ no more."""

    def __init__(self, code: Codes, most: int) -> None:
        self._code, self._most = code, most
        self._counts = np.zeros(code.size * WORD_BITS + 1, np.int64)  # of the seen ones, by bits that differ
        self._kept: list[tuple[Numbers, Codes, Differences]] = []

    def see(self, numbers: Numbers, codes: Codes) -> None:
        differing = differences(codes, self._code)
        self._counts += np.bincount(differing, minlength=len(self._counts))
        near = differing <= self._bound()
        self._kept.append((numbers[near], codes[near], differing[near]))

    def found(self) -> tuple[Numbers, Codes]:
        if not self._kept:
            return np.zeros(0, np.int64), np.zeros((0, self._code.size), np.uint64)
        numbers, codes, differing = (np.concatenate(parts) for parts in zip(*self._kept, strict=True))
        near = differing <= self._bound()
        return numbers[near], codes[near]

    def _bound(self) -> int:
        return int(np.searchsorted(np.cumsum(self._counts), self._most))
