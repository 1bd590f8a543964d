"""Vectors in a few bytes find the same as those that they were made of."""

import numpy as np
import pytest

from chat.db import vectors
from chat.db.vectors import Space


def _alike(count: int, dimensions: int) -> vectors.Floats:
    """Vectors that all point into about the same direction, in groups, as those of real models do."""
    chance = np.random.default_rng(1)
    groups = chance.standard_normal((count // 20, dimensions))
    own = chance.standard_normal((count, dimensions))
    return np.asarray(4 + groups[np.arange(count) % len(groups)] + 0.7 * own, np.float32)


def _closest(
    code: vectors.Codes, codes: vectors.Codes, most: int, at_once: int
) -> tuple[vectors.Numbers, vectors.Codes]:
    closest = vectors.Closest(code, most)
    for start in range(0, len(codes), at_once):
        some = codes[start : start + at_once]
        closest.see(np.arange(start, start + len(some)), some)
    return closest.found()


def test_of_the_ten_nearest_nearly_all_are_among_the_few_that_are_compared() -> None:
    known = _alike(8_000, 384)
    space = Space.around(known[:50].tolist(), known[50:100].tolist())
    apart = space.of_passages(known)
    codes = space.codes(apart)
    stored = vectors.unpack([vectors.pack(one) for one in apart])
    shares = []
    for asked in known[::400]:
        question = space.of_question(asked.tolist())
        exact = np.argsort(-(apart @ question))[:10]
        some, their_codes = _closest(space.codes(question[np.newaxis])[0], codes, 2_000, at_once=1_000)
        few = some[np.argpartition(-vectors.likeness(their_codes, question), 300)[:300]]
        best = few[np.argsort(-(stored[few] @ question))[:10]]
        shares.append(len(set(exact) & set(best)) / 10)
    assert np.mean(shares) >= 0.95


@pytest.mark.parametrize("at_once", [7, 400, 5_000])
@pytest.mark.parametrize("most", [0, 1, 20, 4_999, 9_000])
def test_the_closest_are_those_that_differ_least_in_whatever_parts_they_are_seen(most: int, at_once: int) -> None:
    codes = np.random.default_rng(2).integers(0, 2**64, (5_000, 2), np.uint64)
    numbers, their_codes = _closest(codes[17], codes, most, at_once)
    differences = vectors.differences(codes, codes[17])
    last = np.sort(differences)[min(max(most, 1), len(codes)) - 1]
    assert numbers.tolist() == np.flatnonzero(differences <= last).tolist()
    assert np.array_equal(their_codes, codes[numbers])


def test_of_no_codes_none_is_the_closest() -> None:
    numbers, codes = vectors.Closest(np.zeros(2, np.uint64), 5).found()
    assert len(numbers) == 0 and codes.shape == (0, 2)


@pytest.mark.parametrize("dimensions", [3, 64, 100, 768])
def test_any_length_of_vector_comes_back_from_its_bytes(dimensions: int) -> None:
    known = _alike(40, dimensions)
    space = Space.around(known.tolist(), known.tolist())
    again = Space.from_bytes(space.to_bytes())
    assert again.dimensions == dimensions and np.array_equal(again.passages, space.passages)
    codes = space.codes(space.of_passages(known))
    assert np.array_equal(vectors.codes_from_bytes(vectors.codes_to_bytes(codes), space.words), codes)
    numbers = np.array([1, 2**40], np.int64)
    assert np.array_equal(vectors.numbers_from_bytes(vectors.numbers_to_bytes(numbers)), numbers)


def test_a_vector_of_nothing_does_no_harm() -> None:
    space = Space.around([[0.0, 0.0]], [[0.0, 0.0]])
    assert vectors.unpack([vectors.pack(space.of_passages([[0.0, 0.0]])[0])]).tolist() == [[0.0, 0.0]]
