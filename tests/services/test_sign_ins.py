"""What is stored of a session, and when it was last seen, which is written beside the requests, not in them."""

import hmac

from sqlalchemy import select, update

from chat.db.tables import sessions
from chat.db.unit_of_work import Database
from chat.services.people import Account
from chat.services.sign_ins import SEEN_STEP_MS, SignIns
from tests.services.den import Den


def _last_seen(db: Database) -> int:
    with db.read() as read:
        return int(read.scalar(select(sessions.c.last_seen_at)))


def test_last_seen_is_written_later_and_for_all_at_once(den: Den) -> None:
    sign_ins = SignIns(den.db, "secret", session_days=1)
    token, session_id = sign_ins.open_session(Account(den.ada, "x"), "a browser")
    with den.db.write() as uow:
        uow.execute(update(sessions).values(last_seen_at=uow.now - SEEN_STEP_MS - 1))
    old = _last_seen(den.db)
    found = sign_ins.find_session(token)
    assert found and found.token_id == session_id and sign_ins.is_valid(found)
    assert _last_seen(den.db) == old, "a request that reads waits for no writer"
    sign_ins.write_seen()
    assert _last_seen(den.db) > old + SEEN_STEP_MS
    sign_ins.end_session(den.ada.id, session_id)
    assert sign_ins.find_session(token) is None and not sign_ins.is_valid(found)


def test_only_a_hash_is_stored_which_needs_the_secret_and_stays_the_same(den: Den) -> None:
    token, _ = SignIns(den.db, "secret", session_days=1).open_session(Account(den.ada, "x"), "a browser")
    with den.db.read() as read:
        stored = read.scalar(select(sessions.c.secret_hash))
    assert stored == hmac.digest(b"secret", token.encode(), "sha256").hex()
    assert SignIns(den.db, "secret", session_days=1).find_session(token)
    assert SignIns(den.db, "another", session_days=1).find_session(token) is None
