"""How soon words and meanings are found among a million messages, and what it costs to have them indexed."""

import http.client
import json
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from bench import servers
from bench.crowd import Refused
from bench.library import Library, fill, index
from bench.meanings import TOP, Known, seed_vectors
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import Options
from bench.servers import Served
from chat import wire
from chat.db import message_index
from chat.db.ids import new_id
from chat.db.opening import open_database
from chat.db.tables import users
from chat.db.unit_of_work import Database
from chat.publishing import Publisher
from chat.services.addressees import AskRules
from chat.services.messages import send_message
from chat.services.replies import AskedModel

PEOPLE, ROOMS, OWN = 100, 200, 20
SAID = int(os.environ.get("SEARCH_MESSAGES", "1000000"))
ASKED = 40  # searches of each kind in a round
SENT = 1_000  # messages in a round, in batches as large as those that are indexed
NO_MODELS = AskRules(lambda handle: None, lambda: AskedModel("none", "none"), lambda user_id: None)


class Seeker:
    """Somebody over a connection that stays open: the first person is in `OWN` of the rooms, all others in all."""

    def __init__(self, server: Served, person: int = 0) -> None:
        self._connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        self._headers = {"Cookie": server.cookies[person]}

    def search(self, typed: str, mode: str = "text", limit: int = 20) -> tuple[float, list[str]]:
        """Milliseconds, and what was found on the first page."""
        began = time.perf_counter()
        asked = f"/api/chat/search?q={quote(typed)}&mode={mode}&limit={limit}"
        self._connection.request("GET", asked, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - began
        if answer.status != 200:
            raise Refused(body.decode())
        told = json.loads(body)
        if told["mode"] != mode:
            raise Refused(f"searched by {told['mode']}: {told['meaning']}")
        return took * 1000, [hit["id"] for hit in told["hits"]]


def queries(words: Sequence[str]) -> dict[str, Iterator[str]]:
    """Another one each time: words that nearly everybody says, that few say, and two together."""
    two = (f"{one} {other}" for one, other in zip(words[40:1040], words[300:1300], strict=True))
    return {"common": iter(words[:400]), "rare": iter(words[20_000:24_000]), "two words": two}


def measure(options: Options) -> Finding:
    """Words by somebody who may read a tenth of the rooms, meanings by somebody who may read all.

    Filling the database takes minutes.
    """
    library: list[Library] = []
    known: list[Known] = []
    costs: list[tuple[float, float]] = []

    def prepare(folder: Path) -> None:
        db = open_database(f"sqlite:///{folder / 'roundtable.db'}", Publisher())
        library.append(fill(db, SAID, ROOMS, OWN))
        index(db, library[0])
        costs.extend(_costs(db, library[0]) for _ in range(options.rounds))
        known.append(seed_vectors(db))
        db.close()

    took: dict[str, list[list[float]]] = {}
    found: dict[str, list[int]] = {}
    with servers.ours(PEOPLE, then=prepare, EMBEDDING_MODEL="embedded") as server:
        seeker = Seeker(server)
        asked = queries(library[0].words)
        for name, typed in asked.items():
            seeker.search(next(typed))
            took[name], found[name] = [], []
        for _ in range(options.rounds):
            for name, typed in asked.items():
                answers = [seeker.search(one) for one in islice(typed, ASKED)]
                took[name].append([ms for ms, _ in answers])
                found[name] += [len(hits) for _, hits in answers]
        meant = _meanings(Seeker(server, 1), known[0], options.rounds)
    measures = [
        Measure(f"{name} among {SAID:,} messages: p95", Spread.of(map(_p95, rounds)), 50, 20, is_cost=True, unit=" ms")
        for name, rounds in took.items()
    ]
    ratio = Spread.of((send + index) / send for send, index in costs)
    measures.append(Measure("sending and indexing ÷ sending", ratio, must=1.5, aim=1.25, is_cost=True))
    seen = [_observation(name, rounds, found[name]) for name, rounds in took.items()]
    seen += [_observation(name, rounds, [TOP]) for name, rounds in meant.took.items()]
    return Finding([*measures, *meant.measures()], seen)


@dataclass
class Meant:
    """Milliseconds by mode and round, and for each question how many of the true ten were found."""

    took: dict[str, list[list[float]]]
    recalled: list[float]

    def measures(self) -> list[Measure]:
        among = f"among {SAID:,} messages: p95"
        by = {name: Spread.of(map(_p95, rounds)) for name, rounds in self.took.items()}
        return [
            Measure(f"meaning {among}", by["semantic"], 150, 75, is_cost=True, unit=" ms"),
            Measure(f"words and meaning {among}", by["hybrid"], 200, 100, is_cost=True, unit=" ms"),
            Measure(
                "recall@10 of meaning, against comparing all", Spread.of([statistics.mean(self.recalled)]), 0.95, 0.98
            ),
        ]


def _meanings(seeker: Seeker, known: Known, rounds: int) -> Meant:
    meant = Meant({"semantic": [], "hybrid": []}, [])
    seeker.search(known.questions[0], "semantic")  # starts the model
    for _ in range(rounds):
        for mode, took in meant.took.items():
            answers = [seeker.search(question, mode, TOP) for question in known.questions]
            took.append([ms for ms, _ in answers])
            if mode == "semantic":
                pairs = zip(known.nearest, answers, strict=True)
                meant.recalled += [len(nearest & set(hits)) / TOP for nearest, (_, hits) in pairs]
    return meant


def _p95(took: Sequence[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)]


def _observation(name: str, rounds: Sequence[Sequence[float]], found: Sequence[int]) -> Observation:
    each = sorted(ms for one in rounds for ms in one)
    return {
        "search": name,
        "p50 ms": statistics.median(each),
        "p95 ms": _p95(each),
        "slowest ms": each[-1],
        "on the first page": statistics.mean(found),
    }


def _costs(db: Database, library: Library) -> tuple[float, float]:
    """Processor time in µs of one message, for storing it and for indexing it."""
    with db.read() as read:
        row = read.first(select(users).where(users.c.username == "person1"))
    assert row
    person = wire.User(id=row.id, username=row.username, display_name=row.display_name)
    sending = indexing = 0.0
    for number in range(SENT):
        content = " ".join(library.words[(number * 7919 + place * 104_729) % 5_000] for place in range(14))
        request = wire.SendMessage(room=library.rooms[number % 10], content=content, client_id=new_id())
        began = time.process_time()
        send_message(db, NO_MODELS, person, request, max_chars=1_000)
        sent = time.process_time()
        sending += sent - began
        if (number + 1) % message_index.BATCH == 0:
            sent = time.process_time()
            with db.write() as uow:
                message_index.index_changes(uow)
            indexing += time.process_time() - sent
    return sending / SENT * 1e6, indexing / SENT * 1e6
