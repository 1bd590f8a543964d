"""Ways of being signed in: browser sessions and API keys. Only keyed hashes of their secrets are stored."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, false, insert, select, update

from chat import wire
from chat.db.ids import iso, iso_or_none, new_id, now_ms
from chat.db.prepared import Prepared
from chat.db.tables import api_keys, sessions, users
from chat.db.unit_of_work import Database, UnitOfWork
from chat.domain.text import parse_line
from chat.errors import InvalidInput, NotFound, NotSignedIn
from chat.events import SignInEnded
from chat.services.access import require_active
from chat.services.audit import note
from chat.services.people import Account, user_of
from chat.services.secret_hashes import SecretHashes

KEY_PREFIX = "rt_"
DAY_MS = 86_400_000
LAST_MS = 253_370_764_800_000  # the year 9999 begins: later times cannot be shown in every time zone
SEEN_STEP_MS = 300_000  # last_seen_at is written at most every five minutes
CHANGE_FIRST = "Choose a password of your own first: the one that you signed in with was given to you."
SEEN_EVERY = 30.0  # seconds between two times of writing it for everybody

_ENDED: dict[str, wire.AuditAction] = {
    "signed_out": "signed_out",
    "ended": "session_ended",
    "revoked": "key_revoked",
}
Via = Literal["session", "key"]
_TABLES: dict[Via, Table] = {"session": sessions, "key": api_keys}
# Only whoever came in by the password that they were given has to change it.
_MUST_CHANGE: dict[Via, ColumnElement[bool]] = {
    "session": and_(users.c.must_change_password, ~sessions.c.is_external),
    "key": false(),
}


def _by_secret(via: Via, table: Table) -> Prepared:
    person = (users.c[name] for name in ("id", "username", "display_name", "is_admin", "role", "is_bot"))
    must_change = _MUST_CHANGE[via].label("must_change_password")
    return Prepared(
        select(*person, must_change, table.c.id.label("token_id"), table.c.last_seen_at, table.c.expires_at)
        .join(users, users.c.id == table.c.user_id)
        .where(table.c.secret_hash == bindparam("secret"), users.c.deactivated_at.is_(None))
    )


def _valid(table: Table) -> Prepared:
    return Prepared(
        select(table.c.expires_at)
        .join(users, users.c.id == table.c.user_id)
        .where(table.c.id == bindparam("token"), users.c.deactivated_at.is_(None))
    )


_BY_SECRET = {via: _by_secret(via, table) for via, table in _TABLES.items()}
_VALID = {via: _valid(table) for via, table in _TABLES.items()}
_SEE = {
    via: Prepared(update(table).where(table.c.id == bindparam("token")).values(last_seen_at=bindparam("at")))
    for via, table in _TABLES.items()
}
_SEE_PERSON = Prepared(update(users).where(users.c.id == bindparam("user")).values(last_seen_at=bindparam("at")))


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, and by which session or key. `must_change_password`: before anything else."""

    user: wire.User
    token_id: str
    via: Via
    must_change_password: bool = False


class SignIns:
    """Opens, finds and ends sessions and keys. `secret` keys the hashes: changing it signs everybody out."""

    def __init__(self, db: Database, secret: str, session_days: int) -> None:
        self._db = db
        self._hashes = SecretHashes(secret)
        self._session_ms = session_days * DAY_MS
        self._seen: dict[tuple[Via, str], tuple[str, int]] = {}  # by session or key: who, and when in milliseconds

    def open_session(self, account: Account, user_agent: str) -> tuple[str, str]:
        """A new session's token (256 bits, never stored) and its id.

        Raises `NotSignedIn` for whoever was deactivated, or has another password, since theirs was checked.
        """
        token, session_id = secrets.token_urlsafe(32), new_id()
        is_same = (users.c.id == account.user.id) & (users.c.password_hash == account.password_hash)
        with self._db.write() as uow:
            seen = update(users).where(is_same, users.c.deactivated_at.is_(None)).values(last_seen_at=uow.now)
            if not uow.execute(seen).rowcount:
                raise NotSignedIn("This account has just been changed. Sign in again.")
            note(uow, "signed_in", session_id, by=account.user)
            uow.execute(
                insert(sessions).values(
                    id=session_id,
                    user_id=account.user.id,
                    secret_hash=self._hashes.of(token),
                    user_agent=user_agent[:200],
                    is_external=account.is_external,
                    created_at=uow.now,
                    last_seen_at=uow.now,
                    expires_at=uow.now + self._session_ms,
                )
            )
        return token, session_id

    def find_session(self, token: str) -> Principal | None:
        return self._find("session", token)

    def find_key(self, key: str) -> Principal | None:
        return self._find("key", key) if key.startswith(KEY_PREFIX) else None

    def _find(self, via: Via, token: str) -> Principal | None:
        """Reads the row each time: a revoked session or a deactivated account ends with the next request."""
        found = self._db.look(_BY_SECRET[via], {"secret": self._hashes.of(token)})
        now = now_ms()
        if not found or (found[0].expires_at is not None and found[0].expires_at <= now):
            return None
        (row,) = found
        if now - (row.last_seen_at or 0) > SEEN_STEP_MS:
            self._seen[via, row.token_id] = row.id, now
        return Principal(user_of(row), row.token_id, via, row.must_change_password)

    def write_seen(self) -> None:
        """When sessions and keys were last seen; not in the requests themselves, which only read.

        Whoever is being changed at this moment is left out: they are seen again with their next request.
        """
        seen, self._seen = self._seen, {}
        if not seen:
            return
        with self._db.write() as uow:
            people = select(users.c.id).where(users.c.id.in_({user_id for user_id, _ in seen.values()}))
            free = set(uow.execute(people.with_for_update(skip_locked=True, key_share=True)).scalars())
            for (via, token_id), (user_id, at) in seen.items():
                if user_id in free:
                    uow.run(_SEE_PERSON, {"user": user_id, "at": at})
                    uow.run(_SEE[via], {"token": token_id, "at": at})

    def is_valid(self, principal: Principal) -> bool:
        """Whether the session or key still exists; for connections that outlive a request."""
        found = self._db.look(_VALID[principal.via], {"token": principal.token_id})
        return bool(found) and (found[0].expires_at is None or found[0].expires_at > now_ms())

    def sign_out(self, principal: Principal) -> None:
        """Ends the session that asks for it."""
        self._end(sessions, principal.user.id, principal.token_id, "signed_out")

    def end_session(self, user_id: str, session_id: str) -> None:
        """Ends a session of one's own and everything connected by it. Raises `NotFound`."""
        self._end(sessions, user_id, session_id, "ended")

    def revoke_key(self, user_id: str, key_id: str) -> None:
        self._end(api_keys, user_id, key_id, "revoked")

    def _end(
        self, table: Table, user_id: str, token_id: str, reason: Literal["signed_out", "ended", "revoked"]
    ) -> None:
        name = api_keys.c.name if table is api_keys else sessions.c.user_agent.label("name")
        one = delete(table).where(table.c.id == token_id, table.c.user_id == user_id)
        with self._db.write() as uow:
            gone = uow.execute(one.returning(name)).first()
            if gone is None:
                raise NotFound("This is not one of yours, or it has ended already.")
            note(uow, _ENDED[reason], token_id, "" if reason == "signed_out" else gone.name)
            uow.record(SignInEnded(token_id, reason))

    def list_sessions(self, user_id: str, current: str) -> list[wire.SessionInfo]:
        query = select(sessions).where(sessions.c.user_id == user_id, sessions.c.expires_at > now_ms())
        with self._db.read() as read:
            rows = read.all(query.order_by(sessions.c.last_seen_at.desc()))
        return [
            wire.SessionInfo(
                id=row.id,
                created_at=iso(row.created_at),
                last_seen_at=iso(row.last_seen_at),
                user_agent=row.user_agent,
                current=row.id == current,
            )
            for row in rows
        ]

    def create_key(self, user_id: str, request: wire.CreateKey) -> wire.KeyCreated:
        """A new API key; the answer is the only place where the key itself ever stands."""
        with self._db.write() as uow:
            return self.add_key(uow, user_id, request)

    def add_key(self, uow: UnitOfWork, user_id: str, request: wire.CreateKey) -> wire.KeyCreated:
        """As `create_key`, together with something else."""
        key = KEY_PREFIX + secrets.token_urlsafe(32)
        values: dict[str, Any] = {
            "id": new_id(),
            "name": parse_line(request.name, field="name"),
            "prefix": key[:10],
            "created_at": now_ms(),
            "expires_at": _parse_time(request.expires_at),
        }
        require_active(uow, user_id)  # or it would be there when they come back
        uow.execute(insert(api_keys).values(**values, user_id=user_id, secret_hash=self._hashes.of(key)))
        note(uow, "key_created", values["id"], values["name"])
        return wire.KeyCreated(**_key_info(**values, last_seen_at=None).model_dump(), key=key)

    def list_keys(self, user_id: str) -> list[wire.KeyInfo]:
        with self._db.read() as read:
            rows = read.all(select(api_keys).where(api_keys.c.user_id == user_id).order_by(api_keys.c.id))
        return [_key_info(r.id, r.name, r.prefix, r.created_at, r.expires_at, r.last_seen_at) for r in rows]


def end_sign_ins(
    uow: UnitOfWork, user_id: str, reason: wire.EndReason, *, but: str | None = None, with_keys: bool = False
) -> int:
    """Ends the sessions of a person but one, and `with_keys` the keys; gives how many sessions that were."""
    ended = uow.execute(
        delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id != (but or "")).returning(sessions.c.id)
    )
    session_ids = list(ended.scalars())
    keys = (
        uow.execute(delete(api_keys).where(api_keys.c.user_id == user_id).returning(api_keys.c.id))
        if with_keys
        else None
    )
    for token_id in (*session_ids, *(keys.scalars() if keys else ())):
        uow.record(SignInEnded(token_id, reason))
    return len(session_ids)


def _key_info(
    id: str, name: str, prefix: str, created_at: int, expires_at: int | None, last_seen_at: int | None
) -> wire.KeyInfo:
    return wire.KeyInfo(
        id=id,
        name=name,
        prefix=prefix,
        created_at=iso(created_at),
        expires_at=iso_or_none(expires_at),
        last_used_at=iso_or_none(last_seen_at),
    )


def _parse_time(value: str | None) -> int | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidInput("Write the time as 2027-01-31T12:00:00Z.", field="expires_at") from None
    at = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    if not now_ms() < at < LAST_MS:
        raise InvalidInput("Choose a time in the future, before the year 9999.", field="expires_at")
    return at
