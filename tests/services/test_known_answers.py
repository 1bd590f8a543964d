"""A real model and questions whose answers are known: words and meaning together find more than each alone."""

from collections.abc import Iterator

import pytest

from chat.jobs.meaning_samples import SAMPLES
from chat.llm.base import EmbedRequest
from chat.llm.cancelling import CancelToken
from chat.llm.e5 import E5, E5_MODEL
from chat.llm.embedding_prefixes import prefixes_of
from chat.services.fused_search import FusedSearch, Mode
from chat.services.message_vectors import MessageVectors
from chat.services.searching import Searching
from tests.fakes.known_answers import ASKED, SAID
from tests.services.den import Den

PREFIXES = prefixes_of(E5_MODEL)


class Mind:
    """The model as it is, without the line that others stand in."""

    is_on = True

    def __init__(self, backend: E5) -> None:
        self._backend = backend

    def vector_of(self, words: str, user_id: str) -> list[float]:
        return self.vectors_of(PREFIXES.query, [words])[0]

    def vectors_of(self, prefix: str, texts: list[str]) -> list[list[float]]:
        request = EmbedRequest(E5_MODEL, tuple(prefix + text for text in texts))
        return list(self._backend.embed(request, CancelToken()).vectors)


@pytest.fixture(scope="module")
def mind() -> Iterator[Mind]:
    backend = E5()
    yield Mind(backend)
    backend.close()


def test_both_together_find_more_than_words_or_meaning_alone(den: Den, mind: Mind) -> None:
    said = [den.say(den.ada, words).id for words in SAID]
    searching = Searching(den.db, lambda work: work())
    searching.catch_up()
    vectors = MessageVectors(den.db)
    samples = list(SAMPLES)
    vectors.begin("e5", mind.vectors_of(PREFIXES.passage, samples), mind.vectors_of(PREFIXES.query, samples))
    while unread := vectors.next_unread():
        vectors.store(unread, mind.vectors_of(PREFIXES.passage, [row.content for row in unread.messages]))
    search = FusedSearch(den.db, searching, mind)

    def quality(mode: Mode) -> float:
        """The mean of 1 for an answer in the first place, 1/2 for one in the second, and so on."""
        total = 0.0
        for asked, place in ASKED:
            found = [hit.id for hit in search.search(den.ada.id, asked, mode).hits]
            total += 1 / (found.index(said[place]) + 1) if said[place] in found else 0.0
        return total / len(ASKED)

    by_text, by_meaning, by_both = quality("text"), quality("semantic"), quality("hybrid")
    print(f"text {by_text:.2f}, meaning {by_meaning:.2f}, both {by_both:.2f}")
    assert by_both > max(by_text, by_meaning) and by_both > 0.8
