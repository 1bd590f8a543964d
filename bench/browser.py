"""How the front end feels: a real Chromium against our server, in a room with a long history and a fast model."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice, product

from playwright.sync_api import Browser

from bench import servers
from bench.chromium import Visit, bare_field, chromium, script_kb, visit
from bench.heap import Heap
from bench.report import Finding, Measure, Spread
from bench.rounds import Options
from bench.timelines import percentile
from bench.trend import Trend
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import Person, new_key

READER = "reader"
SAID, WHEELS = 10_000, 40  # messages of the room; how far somebody scrolls up through it
ROOMS, SAID_THERE = 3, 30
SLOWED = 4  # times, when signing in
TOKENS_PER_SECOND = 100
STREAM_SECONDS = 20  # for each second of a round: a minute by default
ANSWER_TOKENS = 500  # of each answer while memory is watched
HEAPS = 60  # looks at the heap in that time, but at most one for each answer
LONG_MS, LONGEST_MS = 50, 100
BLOCKS = (
    "The migration takes a **table lock**, and the old worker still reads `v1` rows, which nobody has looked at. " * 3,
    "- one thing, with *emphasis*\n- another one, with `code`\n- a third, for @reader",
    "```python\nfor line in lines:\n    fields = line.split(',')\n    if fields[-1] == '':\n        fields.pop()\n```",
    "| file | rows | broken |\n|---|---|---|\n| june.csv | 12,480 | 3 |\n| july.csv | 9,112 | 0 |",
    "Nothing else.",
)


@dataclass(frozen=True)
class Writing:
    """What was noted while a reply streamed and somebody typed: milliseconds, and shares."""

    keys: Sequence[float]
    long_tasks: Sequence[float]
    shift: float
    cpu: float  # of one core, the page's main thread alone
    words_per_second: float


def measure(options: Options) -> Finding:
    """Sign-ins are repeated each round; everything else is one visit."""
    with ExitStack() as stack:
        model = stack.enter_context(FakeOllama(OllamaBehaviour(token_seconds=1 / TOKENS_PER_SECOND)))
        model.loaded.update(model.behaviour.models)
        server = stack.enter_context(servers.ours(20, said=SAID, OLLAMA_BASE_URL=model.url))
        browser = stack.enter_context(chromium())
        slugs = _talk(Person(server.url, READER).register())
        needed, more = script_kb(browser, server.url, READER)
        arrivals = [_arrive(browser, server.url) for _ in range(options.rounds)]
        bare = bare_field(browser, options.seconds * STREAM_SECONDS / 4)
        reader = stack.enter_context(visit(browser, server.url))
        shifts = _look_around(reader, slugs)
        writing = _write(reader, model, options.seconds * STREAM_SECONDS)
        heaps = list(_heaps(reader, model, options.minutes * 60))
    shifts["a streaming reply"] = writing.shift
    trend = Trend.of([(at, heap.kept) for at, heap in heaps])
    (_, first), (_, last) = heaps[0], heaps[-1]
    longest = [sum(task > LONGEST_MS for task in writing.long_tasks)]
    measures = [
        _cost("script before the first room, gzipped", [needed], 150, 130, " KB"),
        _cost(f"sign-in to readable room, processor {SLOWED} times slower", arrivals, 1000, 800, " ms"),
        _cost("key to paint while a reply streams, p95", [percentile(writing.keys, 0.95)], 16, 12, " ms"),
        _cost(f"tasks of more than {LONGEST_MS} ms meanwhile", longest, 0, 0),
        _cost("layout shift, the most of those below", [max(shifts.values())], 0.02, 0.005),
        _cost("heap without code: its growth, against its noise", [trend.growth], round(trend.noise, 2), 0, " MB"),
    ]
    figures = {
        "script that is loaded after it, KB": more,
        "keys pressed": len(writing.keys),
        "key to paint p50, ms": percentile(writing.keys, 0.5),
        "key to paint p99, ms": percentile(writing.keys, 0.99),
        "the same in a bare field p95, ms": percentile(bare, 0.95),
        f"tasks of more than {LONG_MS} ms meanwhile": len(writing.long_tasks),
        "main thread meanwhile, % of a core": writing.cpu * 100,
        "words/s shown meanwhile": writing.words_per_second,
        **{f"layout shift, {what}": shift for what, shift in shifts.items()},
        "heap without code at first, MB": first.kept,
        "heap without code at last, MB": last.kept,
        "code that V8 has compiled at first, MB": first.code,
        "code that V8 has compiled at last, MB": last.code,
    }
    return Finding(measures, [{"figure": what, "value": value} for what, value in figures.items()])


def _cost(what: str, found: Sequence[float], must: float, aim: float, unit: str = "") -> Measure:
    return Measure(what, Spread.of(found), must, aim, is_cost=True, unit=unit)


def _talk(reader: Person) -> list[str]:
    """Rooms in which something of everything was said; their slugs."""
    slugs = [reader.post("/api/rooms", name=f"room {number}").json()["room"]["slug"] for number in range(ROOMS)]
    for slug, number in product(slugs, range(SAID_THERE)):
        answer = reader.post("/api/chat/message", room=slug, content=BLOCKS[number % len(BLOCKS)], client_id=new_key())
        answer.raise_for_status()
    return slugs


def _arrive(browser: Browser, url: str) -> float:
    with visit(browser, url) as visitor:
        visitor.slow_down(SLOWED)
        return visitor.sign_in(READER)


def _look_around(reader: Visit, slugs: Sequence[str]) -> dict[str, float]:
    """Layout shift of each step; at last all of the long room is loaded, and its end is shown."""
    shifts = {}
    reader.sign_in(READER)
    reader.settle()
    shifts["signing in"] = reader.take_shift()
    for slug in slugs:
        reader.open_room(slug)
    shifts["opening rooms"] = reader.take_shift()
    reader.reload()
    shifts["loading the page"] = reader.take_shift()
    reader.open_room("general")
    reader.take_shift()
    reader.scroll_up(WHEELS)
    shifts["older history"] = reader.take_shift()
    reader.load_everything()
    return shifts


def _write(reader: Visit, model: FakeOllama, seconds: float) -> Writing:
    """Asks, types into the field while the answer comes, and stops it."""
    tokens = int(TOKENS_PER_SECOND * (seconds + 60))
    model.behaviour.text = " ".join(islice(cycle("\n\n".join(BLOCKS).split(" ")), tokens))
    reader.ask("@llama3 write")
    reader.take_shift()
    reader.take_long_tasks()
    cpu, length, began = reader.cpu_seconds(), reader.shown_words(), time.perf_counter()
    keys = reader.press_keys(seconds)
    took = time.perf_counter() - began
    spent, grown = reader.cpu_seconds() - cpu, reader.shown_words() - length
    writing = Writing(keys, reader.take_long_tasks(), reader.take_shift(), spent / took, grown / took)
    reader.stop()
    return writing


def _heaps(reader: Visit, model: FakeOllama, seconds: float) -> Iterator[tuple[float, Heap]]:
    """The time, and what the page holds after an answer; always the same reply, so that nothing has to be kept."""
    model.behaviour.text = " ".join(islice(cycle("\n\n".join(BLOCKS).split(" ")), ANSWER_TOKENS))
    began, due = time.perf_counter(), 0.0
    while (at := time.perf_counter() - began) < seconds:
        reader.regenerate()
        if at >= due:
            due += seconds / HEAPS
            yield at, reader.heap()
