"""The measuring tools count right: frames in any pieces, everybody's messages, what grows and what only wavers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bench import cluster, servers, written
from bench.asking import Line, has_text, is_complete, without_chunks
from bench.blaster import payloads, server_frame
from bench.cluster import Sample
from bench.crowd import Crowd, Loop, ScatteredCrowd
from bench.fast_backend import MODEL, answer_to, text
from bench.frames import bounds, text_frame
from bench.heap import Heap, code_bytes
from bench.loads import Window, closed_loop, closed_loops, open_loop, open_loops
from bench.processes import CAN_PIN, GENERATOR_CORE, cpu_seconds, family
from bench.report import Measure, Spread
from bench.seeding import seed
from bench.trend import Trend
from chat.db.opening import open_database
from chat.db.tables import members
from chat.publishing import Publisher

TEXTS = [b"", b"2", b"x" * 125, b"y" * 126, b"z" * 70_000]


def test_frames_are_found_wherever_the_stream_is_cut() -> None:
    stream = b"".join(b"\x81" + _size(text) + text for text in TEXTS)
    for cut in (*range(300), len(stream) - 1):
        found = [stream[start:stop] for start, stop in bounds(stream[:cut])]
        used = sum(len(_size(text)) + 1 + len(text) for text in found)
        rest = stream[used:]
        assert found + [rest[start:stop] for start, stop in bounds(rest)] == TEXTS


def _size(text: bytes) -> bytes:
    if len(text) < 126:
        return bytes([len(text)])
    return b"\x7e" + len(text).to_bytes(2, "big") if len(text) < 65_536 else b"\x7f" + len(text).to_bytes(8, "big")


def test_a_masked_frame_is_read_back() -> None:
    texts = [b"40", b"a" * 200]
    assert list(payloads(b"".join(map(text_frame, texts)))) == texts
    assert server_frame(b"b" * 200)[:4] == b"\x81\x7e\x00\xc8"


def test_a_window_counts_every_delivery_and_latency_of_a_real_server() -> None:
    members = 12
    with servers.blaster() as server, Crowd(Loop(), server) as crowd:
        crowd.grow_to(members)
        window = closed_loop(crowd, senders=2, seconds=0.2)
        assert window.messages > 10
        assert window.deliveries == pytest.approx(window.messages * members, rel=0.2)
        paced = open_loop(crowd, per_second=100, seconds=0.3)
        assert paced.messages == pytest.approx(30, abs=5)
        assert 0 < paced.latency(0.5) <= paced.latency(0.99) < 1


def test_rooms_at_the_same_time_are_counted_each_for_itself() -> None:
    with (
        servers.blaster() as one,
        servers.blaster() as other,
        Crowd(loop := Loop(), one) as few,
        Crowd(loop, other) as many,
    ):
        few.grow_to(4)
        many.grow_to(12)
        for windows in (closed_loops([few, many], senders=2, seconds=0.2), open_loops([few, many], 100, seconds=0.2)):
            for window, crowd in zip(windows, (few, many), strict=True):
                assert window.messages > 10
                assert window.deliveries == pytest.approx(window.messages * len(crowd.members), rel=0.3)


def test_the_members_of_a_scattered_room_are_at_each_process_in_turn() -> None:
    """These two do not tell each other anything, so only those at the same one hear."""
    with servers.blaster() as one, servers.blaster() as other, ScatteredCrowd(Loop(), [one, other]) as crowd:
        crowd.grow_to(5)
        crowd.members[1].call("send_message", {"content": "x"}, lambda _: None)
        crowd.loop.until(lambda: crowd.deliveries() == 2)
        assert [member.messages for member in crowd.members] == [0, 1, 0, 1, 0]


def test_what_processes_take_is_shared_out_over_what_was_heard() -> None:
    window = Window(2.0, 100, 9_000, [0.001, 0.002, 0.009], generator_cpu=0.5, server_cpu=0.5)
    cpu = {"web 1": 0.02, "web 2": 0.06, "Redis": 0.01, "database": 0.1}
    sample = Sample([window, window], 200, [10_000, 10_000], cpu, redis_bytes=0)
    assert sample.deliveries_per_second == 9_000
    assert sample.web_cpu == pytest.approx(4e-6)
    assert sample.capacity == pytest.approx(10_000 / 0.02 + 10_000 / 0.06)
    assert [sample.microseconds(name) for name in ("Redis", "nobody")] == [pytest.approx(0.5), 0]
    assert sample.milliseconds_later(cluster.MEDIAN) == pytest.approx(2)


def test_processor_time_is_that_of_the_process_and_its_family_are_its_children() -> None:
    assert cpu_seconds(os.getpid()) == pytest.approx(time.process_time(), rel=0.05)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert {os.getpid(), child.pid} <= set(family(os.getpid()))
        assert family(child.pid) == [child.pid]
        child.communicate(b"\n")


def test_nobody_who_is_seeded_into_one_of_several_rooms_is_in_another(tmp_path: Path) -> None:
    seeded = seed(tmp_path, people=3, said=5, room_count=3)
    db = open_database(f"sqlite:///{tmp_path / 'roundtable.db'}", Publisher())
    with db.read() as read:
        inside = read.all(select(members.c.room_id, members.c.user_id))
    db.close()
    assert len(seeded.cookies) == len({row.user_id for row in inside}) == len(inside) == 9
    assert sorted(row.room_id for row in inside) == sorted(seeded.rooms * 3)


@pytest.mark.parametrize(
    ("figure", "is_flat"),
    [
        (lambda at: 100.0, True),
        (lambda at: 100 + (at * 7) % 5, True),
        (lambda at: 60 + min(at, 40), True),
        (lambda at: 150 if at == 100 else 100.0, True),
        (lambda at: 100 + at / 10, False),
        (lambda at: 100 + at / 10 + (at * 7) % 3, False),
    ],
    ids=["still", "wavering", "warming up", "one peak", "leaking", "leaking and wavering"],
)
def test_a_leak_is_told_from_noise(figure: Callable[[int], float], is_flat: bool) -> None:
    assert Trend.of([(at, figure(at)) for at in range(180)]).is_flat is is_flat


def test_code_is_weighed_by_itself_wherever_the_snapshot_puts_its_fields() -> None:
    kinds = ["hidden", "array", "code", "native"]
    meta = {"node_fields": ["name", "type", "self_size"], "node_types": ["string", kinds, "number"]}
    nodes = [7, 1, 500, 7, 2, 30, 2, 3, 2, 7, 2, 40]
    assert code_bytes(json.dumps({"snapshot": {"meta": meta}, "nodes": nodes})) == 70


def test_what_a_page_keeps_is_all_but_its_code() -> None:
    assert Heap(used=15.5, code=6.25).kept == 9.25


def test_too_few_samples_are_no_trend() -> None:
    with pytest.raises(ValueError, match="longer"):
        Trend.of([(0, 1.0)])


@pytest.mark.parametrize(("found", "verdict"), [(1.3, "aim reached"), (1.0, "must reached"), (0.7, "MISSED")])
def test_a_measure_says_what_it_reaches(found: float, verdict: str) -> None:
    spread = Spread.of([found, found - 0.1, found + 0.1])
    assert Measure("x ÷ y", spread, must=0.8, aim=1.2).verdict == verdict
    assert Measure("y ÷ x", Spread.of([1 / found]), must=1 / 0.8, aim=1 / 1.2, is_cost=True).verdict == verdict


def test_differences_are_those_of_each_round() -> None:
    assert Spread.of_differences([3, 9, 5], [2, 4, 1]) == Spread(4, 1, 5)


@pytest.mark.parametrize("chunks", [1, 16, 20_000])
def test_the_fast_backend_says_what_it_was_asked_for_and_the_generator_reads_all_of_it(chunks: int) -> None:
    question = {"model": MODEL, "messages": [{"role": "user", "content": "x"}], "max_tokens": chunks}
    with servers.fast_backend() as server, Line(server.url, "no key", Loop()) as line:
        whole, stream = (line.answer({**question, "stream": is_stream}) for is_stream in (False, True))
        assert "".join(whole.texts()) == text(chunks) and not whole.is_stream
        assert len(stream.texts()) == chunks and "".join(stream.texts()) == text(chunks)
        assert stream.sent_at < stream.first_at <= stream.ended_at


def test_an_answer_is_complete_with_its_last_byte_and_not_before() -> None:
    for path, body in ((b"/v1/models", b""), (b"/v1/chat/completions", b'{"stream":true,"max_tokens":3}')):
        answer = answer_to(b"POST " + path + b" HTTP/1.1", body)
        head_end = answer.index(b"\r\n\r\n") + 4
        complete = [cut for cut in range(head_end, len(answer) + 1) if is_complete(bytearray(answer[:cut]), head_end)]
        assert complete == [len(answer)]


def test_http_chunks_are_taken_out_of_a_body() -> None:
    assert without_chunks(b"3\r\nabc\r\n0b\r\n0\r\n\r\n012345\r\n0\r\n\r\n") == b"abc0\r\n\r\n012345"


def test_the_first_text_is_seen_and_an_empty_one_is_none() -> None:
    empty = b'{"delta":{"role":"assistant","content":""}} {"delta":{"content":null}}'
    assert not has_text(bytearray(empty))
    assert has_text(bytearray(empty + b'{"delta":{"content":"0 "}}'))


def test_the_model_that_is_asked_directly_is_the_servers_own_and_runs_beside_the_generator() -> None:
    with written.ours_and_its_model() as (ours, direct):
        stat = Path(f"/proc/{direct.pid}/stat").read_text().rpartition(")")[2].split()
        assert int(stat[1]) == ours.pid
        threads = Path(f"/proc/{direct.pid}/task").iterdir()
        cores = {core for thread in threads for core in os.sched_getaffinity(int(thread.name))}
        assert not CAN_PIN or cores == {GENERATOR_CORE}
        with Line(direct.url, direct.key, Loop()) as line:
            assert line.answer({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2}).texts()
