"""Who waits for whom, as PostgreSQL itself says it."""

import time

from sqlalchemy import text

from chat.db.unit_of_work import Database

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def are_waiting(db: Database, count: int = 1) -> bool:
    """As soon as so many units wait for others; False if that does not come."""
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        with db.read() as read:
            if read.scalar(_WAITING) >= count:
                return True
        time.sleep(0.01)
    return False
