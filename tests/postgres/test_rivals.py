"""Several processes at once: what must be done once is done once, whoever comes first."""

import json
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select, text

from chat import wire
from chat.db.engine import open_engines
from chat.db.tables import hook_deliveries, jobs, messages, users
from chat.services.outgoing_hooks import MOST_HOOKS, OutgoingHooks
from chat.services.searching import Searching
from chat.services.shipped_templates import built_in_templates
from tests.database import new_database
from tests.running_server import ROOT
from tests.services.den import Den

RIVALS = 3


def _rivals(url: str, *arguments: str) -> list[list[str]]:
    """What each of them has done."""
    command = [sys.executable, "tests/postgres/rival.py", url, *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(RIVALS)
    ]
    told = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0] * RIVALS, [errors for _, errors in told]
    return [json.loads(answer) for answer, _ in told]


def test_what_several_send_under_the_same_keys_is_there_once(url: str, den: Den) -> None:
    created = _rivals(url, "send", den.room, "60")
    with den.db.read() as read:
        rows = read.all(select(messages.c.id, messages.c.seq, messages.c.client_id).order_by(messages.c.seq))
    assert [row.seq for row in rows] == list(range(1, 61))
    assert sorted(row.client_id for row in rows) == sorted(f"key-{number}" for number in range(60))
    assert sorted(one for some in created for one in some) == sorted(row.id for row in rows)


def test_a_job_is_claimed_and_closed_by_one_of_them(url: str, den: Den) -> None:
    replies = [den.ask(den.ada, f"question {number}")[1].id for number in range(30)]
    with den.db.read() as read:
        wanted = sorted(row.id for row in read.all(select(jobs.c.id)))
    assert sorted(one for some in _rivals(url, "claim") for one in some) == wanted
    with den.db.read() as read:
        assert {row.attempt for row in read.all(select(jobs.c.attempt))} == {1}
    assert sorted(one for some in _rivals(url, "close") for one in some) == wanted
    assert [message.content for message in den.history() if message.id in replies] == ["text"] * 30


def test_what_a_room_posts_is_claimed_by_one_of_them(url: str, den: Den) -> None:
    hooks = OutgoingHooks(den.db, "secret", lambda url: None)
    for number in range(MOST_HOOKS):
        hooks.create(den.ada, den.room, wire.CreateOutgoingHook(name=f"hook {number}", url="https://ci.example.org"))
    den.say(den.mira, "hello")
    with den.db.read() as read:
        waiting = sorted(row.id for row in read.all(select(hook_deliveries.c.id)))
    assert sorted(one for some in _rivals(url, "deliver") for one in some) == waiting
    assert len(waiting) == MOST_HOOKS


def test_whoever_comes_by_a_provider_at_several_at_once_has_one_account(url: str, den: Den) -> None:
    first, *others = _rivals(url, "come", "30")
    assert len(set(first)) == 30 and others == [first] * (RIVALS - 1)
    with den.db.read() as read:
        found = {row.username for row in read.all(select(users.c.username).where(users.c.is_admin))}
    assert found == {"grace", *(f"grace-{number}" for number in range(2, 31))}


def test_what_is_too_old_is_emptied_and_told_once(url: str, den: Den) -> None:
    said = [den.say(den.ada, f"text {number}").id for number in range(60)]
    emptied = [one for some in _rivals(url, "empty") for one in some]
    assert sorted(emptied) == sorted(said)
    with den.db.read() as read:
        assert sorted(read.execute(select(messages.c.rev)).scalars()) == list(range(61, 121))


def test_several_that_start_at_once_migrate_and_store_what_comes_with_the_server_once(tmp_path: Path) -> None:
    with new_database(tmp_path, template="template1") as url:
        _rivals(url, "begin")
        write, _ = open_engines(url)
        with write.connect() as connection:
            for table, rows in (("alembic_version", 1), ("rooms", 1), ("templates", len(built_in_templates()))):
                assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == rows
        write.dispose()


def test_what_several_have_sent_is_indexed_once_and_all_of_it(url: str, den: Den) -> None:
    _rivals(url, "send", den.room, "40")
    found = Searching(den.db, lambda work: work()).search(den.mira.id, "text", limit=50).hits
    assert len(found) == len({hit.id for hit in found}) == 40
