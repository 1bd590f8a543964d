"""What only admins of the server see."""

from typing import Literal

from chat.wire.types import In, Name, Out, PresenceStatus, RoomKind, ServerRole

AuditAction = Literal[
    "registered",
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "session_ended",
    "identity_linked",
    "identity_unlinked",
    "name_changed",
    "password_changed",
    "password_reset",
    "key_created",
    "key_revoked",
    "admin_made",
    "admin_unmade",
    "role_changed",
    "deactivated",
    "reactivated",
    "room_created",
    "room_changed",
    "templates_changed",
    "memory_changed",
    "room_archived",
    "room_reopened",
    "room_deleted",
    "room_exported",
    "room_imported",
    "bot_created",
    "hook_created",
    "hook_deleted",
    "hook_disabled",
    "member_removed",
    "owner_made",
    "owner_unmade",
    "agent_created",
    "agent_changed",
    "agent_added",
    "agent_removed",
    "agent_deleted",
    "model_loaded",
    "model_unloaded",
    "model_downloaded",
    "model_deleted",
    "cache_emptied",
    "audit_viewed",
]


class AuditEntry(Out):
    """Who did what, and as what both were known then. Nobody is named where nobody had signed in."""

    id: str
    at: str
    action: AuditAction
    actor_id: str | None
    actor_username: str
    actor_name: str
    address: str
    target_id: str | None
    target_name: str
    detail: str


class AuditPage(Out):
    """The newest first; `next` is the `before` of the page after it."""

    entries: list[AuditEntry]
    next: str | None


class AdminPerson(Out):
    """`sessions` are those that have not ended, `last_seen_at` is at most some minutes late.

    `owner` is who made it, by user name, of a bot that comes in by a key.
    """

    id: str
    username: str
    display_name: str
    role: ServerRole
    is_bot: bool
    owner: str | None
    presence: PresenceStatus
    created_at: str
    last_seen_at: str | None
    deactivated_at: str | None
    sessions: int
    keys: int


class AdminPeople(Out):
    """By user name; `total` counts all that were looked for, `next` is the `after` of the page after it."""

    people: list[AdminPerson]
    total: int
    next: str | None


class AdminPersonAnswer(Out):
    person: AdminPerson


class ChangePerson(In):
    """What is left out stays. A person who is not active cannot sign in, and has no session and no key."""

    role: ServerRole | None = None
    is_active: bool | None = None


class CreateBot(In):
    """A program's account, which comes in by its key alone."""

    name: Name


class BotCreated(Out):
    """`key` is shown once."""

    person: AdminPerson
    key: str


class NewPassword(Out):
    """Shown once. Whoever signs in with it must choose another one before anything else."""

    password: str


class AdminRoom(Out):
    """What an admin may know of a room without being in it. A direct one is called by its members."""

    id: str
    slug: str
    name: str
    kind: RoomKind
    members: int
    messages: int
    archived: bool
    created_at: str
    last_message_at: str | None


class AdminRooms(Out):
    """By name; `total` counts all that were looked for, `next` is the `after` of the page after it."""

    rooms: list[AdminRoom]
    total: int
    next: str | None


class AdminBackend(Out):
    """A backend as it is configured and as it was found; it came or went at `since`, or was there at the start."""

    name: str
    configured_kind: str
    kind: str
    url: str
    has_key: bool
    reachable: bool
    since: str
    error: str | None
    abilities: list[str]
    models: int
    loaded: int


class AdminBackends(Out):
    backends: list[AdminBackend]


class Limit(Out):
    """A bound that is in force: what it is about, and the setting that changes it."""

    setting: str
    value: float
    unit: str
    about: str
    group: str


class Limits(Out):
    limits: list[Limit]
