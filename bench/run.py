"""Measures the parts that are named, or all: `python bench/run.py fanout storm`. How to read it: bench/README.md."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import (
    answers,
    browser,
    cached,
    cluster,
    deflate,
    fanout,
    history,
    latency,
    memory,
    phases,
    relay,
    search,
    size,
    storm,
    stream,
    written,
)
from bench.crowd import Refused
from bench.processes import pin_generator, raise_file_limit
from bench.report import Finding, keep, show
from bench.rounds import Options

PARTS: dict[str, Callable[[Options], Finding]] = {
    "fanout": fanout.measure,
    "latency": latency.measure,
    "deflate": deflate.measure,
    "stream": stream.measure,
    "memory": memory.measure,
    "history": history.measure,
    "search": search.measure,
    "size": size.measure,
    "storm": storm.measure,
    "cluster": cluster.measure,
    "answers": answers.measure,
    "relay": relay.measure,
    "cached": cached.measure,
    "written": written.measure,
    "phases": phases.measure,
    "browser": browser.measure,
}


def main() -> int:
    """1 if a part misses what it must reach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=Options.rounds)
    parser.add_argument("--seconds", type=float, default=Options.seconds, help="for how long each round counts")
    parser.add_argument("--minutes", type=float, default=Options.minutes, help="for how long `browser` watches memory")
    parser.add_argument("--dry", action="store_true", help="print only, leave results/ as it is")
    chosen = parser.parse_args()
    if unknown := [part for part in chosen.parts if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    pin_generator()
    raise_file_limit()
    missed = []
    for part in chosen.parts or PARTS:
        began = time.perf_counter()
        try:
            finding = PARTS[part](Options(chosen.rounds, chosen.seconds, chosen.minutes))
        except Refused as refusal:
            print(f"\n{part}: {refusal}")
            missed.append(part)
            continue
        show(f"{part} ({time.perf_counter() - began:.0f} s)", finding)
        if not chosen.dry:
            keep(part, finding)
        if not finding.is_good:
            missed.append(part)
    if missed:
        print(f"\nBelow what it must be: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
