"""Waits for PostgreSQL in the mode that ASYNC_MODE names, and tells what others did meanwhile: `waiting.py URL`."""

import json
import sys
import threading
import time

import app  # isort: skip  # patches as the server does
from sqlalchemy import text

from chat.db.opening import open_database
from chat.publishing import Publisher

SLOW = text("SELECT pg_sleep(0.5)")
KEY = {"key": 1}


def main(url: str) -> None:
    db = open_database(url, Publisher())
    turns, stop = 0, threading.Event()

    def take_turns() -> None:
        nonlocal turns
        while not stop.is_set():
            turns += 1
            time.sleep(0.01)

    def sleep_there() -> None:
        with db.read() as read:
            read.execute(SLOW)

    def wait_for_lock() -> None:
        with db.write() as uow:
            waits.set()
            uow.execute(text("SELECT pg_advisory_xact_lock(:key)"), KEY)

    turning = threading.Thread(target=take_turns)
    sleeping = [threading.Thread(target=sleep_there) for _ in range(3)]
    for thread in (turning, *sleeping):
        thread.start()
    for thread in sleeping:
        thread.join()
    stop.set()
    turning.join()
    # Whoever holds it lets it go only after the other one waits for it: on a loop that stands still, nobody would.
    waits = threading.Event()
    with db.write() as uow:
        uow.execute(text("SELECT pg_advisory_xact_lock(:key)"), KEY)
        waiting = threading.Thread(target=wait_for_lock)
        waiting.start()
        assert waits.wait(10)
        time.sleep(0.1)
    waiting.join()
    db.close()
    print(json.dumps({"mode": app.ASYNC_MODE, "turns": turns}))


if __name__ == "__main__":
    main(sys.argv[1])
