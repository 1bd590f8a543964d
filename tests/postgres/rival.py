"""One of several processes that do the same on one database: `rival.py URL WORD ...`; tells in JSON what came of it."""

import json
import random
import sys

from sqlalchemy import select

from chat import wire
from chat.db.ids import now_ms
from chat.db.opening import open_database
from chat.db.tables import jobs, users
from chat.db.unit_of_work import Database
from chat.publishing import Publisher
from chat.services import job_rows, messages, replies
from chat.services.external_sign_ins import sign_in
from chat.services.hook_deliveries import claim_due
from chat.services.retention import empty_old, list_old
from chat.services.rooms import ensure_general
from chat.services.shipped_templates import built_in_templates, store_built_in
from chat.sign_in_settings import OidcSetting
from tests.services.den import NO_MODEL


def send(db: Database, room: str, count: str) -> list[str]:
    """Each message under a key that all of them have; the ids of those that this one has created."""
    with db.read() as read:
        row = read.first(select(users).where(users.c.username == "ada"))
    assert row
    ada = wire.User(id=row.id, username="ada", display_name="Ada")
    created = []
    for number in random.sample(range(int(count)), int(count)):
        request = wire.SendMessage(room=room, content=f"text {number}", client_id=f"key-{number}")
        posted = messages.send_message(db, NO_MODEL, ada, request, max_chars=100)
        created += [posted.message.id] * posted.created
    return created


def claim(db: Database) -> list[str]:
    """All jobs that wait and that nobody else has."""
    with db.read() as read:
        waiting = job_rows.list_waiting(read)
        found = [replies.get_job(read, job_id) for job_id in random.sample(waiting, len(waiting))]
    return [job.id for job in found if replies.start_job(db, job, "generating")]


def close(db: Database) -> list[str]:
    """All replies that are being written."""
    with db.read() as read:
        running = [row.id for row in read.all(select(jobs.c.id).where(jobs.c.state == "generating"))]
        found = [replies.get_job(read, job_id) for job_id in random.sample(running, len(running))]
    return [job.id for job in found if replies.close_reply(db, job, "done", "text", {"finish": "stop"})]


def deliver(db: Database) -> list[str]:
    """All posts to other programs that wait and that nobody else has."""
    return [due.id for due in claim_due(db, 100)]


def come(db: Database, count: str) -> list[str]:
    """So many people, who are all called the same, for the first time by a provider; the ids of their accounts."""
    provider = OidcSetting("https://id.example.org", "chat", "secret", "ID", True, (), "groups", (), ("chiefs",))
    claims = [{"sub": f"{number:03}", "name": "Grace", "groups": "chiefs"} for number in range(int(count))]
    found = {one["sub"]: sign_in(db, provider, one).user.id for one in random.sample(claims, len(claims))}
    return [found[one["sub"]] for one in claims]


def empty(db: Database) -> list[str]:
    """All messages; the ids of those that this one has emptied, and told of."""
    with db.read() as read:
        found, _ = list_old(read, now_ms() + 60_000, "")
    told: list[str] = []
    for message in found:
        told += [message] * empty_old(db, [message])
    return told


def begin(db: Database) -> list[str]:
    """As at the start of a server; opening it has migrated it."""
    ensure_general(db)
    store_built_in(db, built_in_templates())
    return []


def main(url: str, word: str, *arguments: str) -> None:
    db = open_database(url, Publisher())
    words = {
        "send": send,
        "claim": claim,
        "close": close,
        "deliver": deliver,
        "empty": empty,
        "come": come,
        "begin": begin,
    }
    done = words[word](db, *arguments)
    db.close()
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
