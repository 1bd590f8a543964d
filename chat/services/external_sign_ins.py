"""Signing in by an OpenID provider: a person is who (issuer, subject) says, never who an e-mail address says.

So an account that is there is opened by it only after whoever is signed in to that account has linked it.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from chat import wire
from chat.db.ids import iso
from chat.db.lock_order import NEW_ACCOUNT
from chat.db.tables import identities, pending_sign_ins
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.origins import own_page
from chat.domain.text import clean_line
from chat.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from chat.services.access import DEACTIVATED, require_active
from chat.services.accounts import create_account
from chat.services.administration import follow_groups
from chat.services.audit import note
from chat.services.handles import find_free
from chat.services.passwords import Passwords
from chat.services.people import Account, get_account, user_of
from chat.sign_in_settings import OidcSetting

PENDING_MS = 600_000  # within which somebody has to come back from the provider
SECRET_BYTES = 32  # of chance; in base64 43 characters, the least that PKCE allows (RFC 7636, section 4.1)
_OVER = "This sign-in is over, or was begun in another browser. Begin again."


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun; `link_to` is who is signed in and adds it to their account.

    `path` is the page of ours that one comes back to.
    """

    state: str
    nonce: str
    verifier: str
    link_to: str | None
    path: str


def begin(db: Database, path: str, link_to: str | None = None) -> Pending:
    """Kept here and not in the browser, so that it ends once, whoever comes with it."""
    state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
    kept = {"nonce": nonce, "verifier": verifier, "link_to": link_to, "path": own_page(path)}
    with db.write() as uow:
        uow.execute(delete(pending_sign_ins).where(pending_sign_ins.c.expires_at <= uow.now))
        row = {**kept, "state_hash": _hash(state), "expires_at": uow.now + PENDING_MS}
        uow.execute(insert(pending_sign_ins).values(row))
    return Pending(state, nonce, verifier, link_to, own_page(path))


def take(db: Database, state: str) -> Pending:
    """What began with this `state`, once. Raises `NotSignedIn`."""
    is_it = pending_sign_ins.c.state_hash == _hash(state)
    with db.read() as read:
        if read.first(select(pending_sign_ins).where(is_it)) is None:
            raise NotSignedIn(_OVER)  # whoever makes states up takes no turn at writing
    with db.write() as uow:
        row = uow.execute(delete(pending_sign_ins).where(is_it).returning(*pending_sign_ins.c)).first()
        if row is None or row.expires_at <= uow.now:
            raise NotSignedIn(_OVER)
    return Pending(state, row.nonce, row.verifier, row.link_to, row.path)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def sign_in(db: Database, setting: OidcSetting, claims: Mapping[str, Any]) -> Account:
    """The account of who has come back; made now if the settings allow it. Raises `NotAllowed` in words."""
    _require_allowed(setting, claims)
    with db.write() as uow:
        row = get_account(uow, _known(uow, setting, claims) or _come_first(uow, setting, claims))
        if row.deactivated_at is not None:
            note(uow, "sign_in_failed", row.id, row.username, "deactivated")
        elif setting.admin_groups:
            follow_groups(uow, row, is_admin=_is_in(setting.admin_groups, setting, claims))
            row = get_account(uow, row.id)
        uow.execute(update(identities).where(_is(setting, claims)).values(last_used_at=uow.now))
    if row.deactivated_at is not None:
        raise NotAllowed(DEACTIVATED)
    return Account(user_of(row), row.password_hash, is_external=True)


def _require_allowed(setting: OidcSetting, claims: Mapping[str, Any]) -> None:
    if setting.allowed_domains and _verified_domain(claims) not in setting.allowed_domains:
        raise NotAllowed(
            "Your e-mail address is not of those that this server lets in, or your provider has not verified it."
        )
    if setting.allowed_groups and not _is_in(setting.allowed_groups, setting, claims):
        raise NotAllowed("You are in no group that this server lets in. Ask who looks after your provider’s groups.")


def _verified_domain(claims: Mapping[str, Any]) -> str | None:
    """What stands after @ in an address that the provider says to have verified; some write that as a string."""
    _, at, domain = str(claims.get("email") or "").rpartition("@")
    return domain.lower() if at and claims.get("email_verified") in (True, "true") else None


def _is_in(groups: Collection[str], setting: OidcSetting, claims: Mapping[str, Any]) -> bool:
    found = claims.get(setting.groups_claim, [])
    return any(group in groups for group in (found if isinstance(found, list) else [found]))


def _known(tx: Reader, setting: OidcSetting, claims: Mapping[str, Any]) -> str | None:
    """Whose account it opens."""
    found: str | None = tx.scalar(select(identities.c.user_id).where(_is(setting, claims)))
    return found


def _is(setting: OidcSetting, claims: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(identities.c.issuer == setting.issuer, identities.c.subject == claims["sub"])


def _come_first(uow: UnitOfWork, setting: OidcSetting, claims: Mapping[str, Any]) -> str:
    """A new account, unless they have just come by another page."""
    uow.alone(NEW_ACCOUNT)
    return _known(uow, setting, claims) or _create(uow, setting, claims)


def _create(uow: UnitOfWork, setting: OidcSetting, claims: Mapping[str, Any]) -> str:
    if not setting.creates_accounts:
        raise NotAllowed(
            "There is no account for you here yet. Ask an admin of this server for one, and link it there."
        )
    wished = str(claims.get("preferred_username") or claims.get("email") or claims.get("name") or "")
    username = find_free(uow, _name_of(wished))
    shown = clean_line(str(claims.get("name") or ""))[:80] or username
    is_admin = _is_in(setting.admin_groups, setting, claims)
    role: wire.ServerRole | None = None if not setting.admin_groups else "admin" if is_admin else "member"
    user = create_account(uow, username, shown, "", role)
    _insert(uow, setting, claims, user.id)
    return user.id


def _name_of(wished: str) -> str:
    """What they are called at the provider, as a user name of ours."""
    folded = unicodedata.normalize("NFKD", wished.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9._-]+", "-", folded).strip("-._")[:24] or "person"
    return plain if len(plain) > 1 else f"{plain}-1"  # one character is no user name


def _insert(uow: UnitOfWork, setting: OidcSetting, claims: Mapping[str, Any], user_id: str) -> None:
    row = {"issuer": setting.issuer, "subject": claims["sub"], "user_id": user_id}
    uow.execute(insert(identities).values(**row, created_at=uow.now, last_used_at=uow.now))


def link(db: Database, setting: OidcSetting, user_id: str, claims: Mapping[str, Any]) -> None:
    """Adds it to the account of who is signed in. Raises `Conflict` where it is somebody else's, `NotAllowed`."""
    _require_allowed(setting, claims)
    with db.write() as uow:
        uow.alone(NEW_ACCOUNT)
        require_active(uow, user_id)
        known = _known(uow, setting, claims)
        if known not in (None, user_id):
            raise Conflict("This sign-in belongs to another account here. Unlink it there first.")
        if known is None:
            _insert(uow, setting, claims, user_id)
            user = user_of(get_account(uow, user_id))
            note(uow, "identity_linked", user.id, user.username, by=user)


def list_identities(tx: Reader, user_id: str) -> wire.Identities:
    rows = tx.all(select(identities).where(identities.c.user_id == user_id).order_by(identities.c.created_at))
    found = [
        wire.Identity(issuer=row.issuer, created_at=iso(row.created_at), last_used_at=iso(row.last_used_at))
        for row in rows
    ]
    return wire.Identities(identities=found, has_password=bool(get_account(tx, user_id).password_hash))


def unlink(db: Database, passwords: Passwords, user_id: str) -> None:
    """Raises `NotFound`, or `Conflict` where nothing else would be left to sign in with."""
    if not passwords.is_on:
        raise Conflict("This server takes no passwords, so nothing else would open your account.")
    with db.write() as uow:
        if not get_account(uow, user_id).password_hash:
            raise Conflict("Nothing else opens your account. Ask an admin of this server for a password first.")
        gone = uow.execute(delete(identities).where(identities.c.user_id == user_id))
        if not gone.rowcount:
            raise NotFound("Your account is linked to no sign-in provider.")
        note(uow, "identity_unlinked", user_id)
