"""Everybody of a large room comes back at the same moment, as after a restart, and wants what was said meanwhile."""

import json
import time
from functools import partial

from bench import servers
from bench.crowd import Crowd, Loop, Member, Refused
from bench.report import Finding, Measure, Spread
from bench.rounds import Options

PEOPLE, SAID, MISSED = 1_000, 1_000, 50
KNOWN = {"after": SAID - MISSED, "after_rev": SAID - MISSED}


def measure(options: Options) -> Finding:
    """A server that has just started in each round: it knows nobody yet."""
    took = Spread.of(_return_of_everybody() for _ in range(options.rounds))
    what = f"{PEOPLE:,} people return at once, {MISSED} missed messages each"
    return Finding([Measure(what, took, must=10, aim=3, is_cost=True, unit=" s")])


def _return_of_everybody() -> float:
    """Seconds from the first connection until the last one has all that it missed."""
    answers: list[bytes] = []
    with servers.ours(PEOPLE, said=SAID, unread=MISSED) as server, Crowd(Loop(), server) as crowd:

        def join(member: Member) -> None:
            member.call("join_room", {"room": server.room, **KNOWN}, answers.append)

        began = time.perf_counter()
        for _ in range(PEOPLE):
            member = crowd.begin()
            member.on_ready = partial(join, member)
        crowd.loop.until(lambda: len(answers) == PEOPLE)
        took = time.perf_counter() - began
    for answer in answers:
        _check(answer)
    return took


def _check(answer: bytes) -> None:
    """Raises `Refused` unless the ack has exactly what was missed."""
    found = [message["seq"] for message in json.loads(b"[" + answer)[0]["messages"]]
    if found != list(range(SAID - MISSED + 1, SAID + 1)):
        raise Refused(f"somebody came back and got the messages {found}")
