"""Who may do what, which pages may act for a signed-in browser, what a reply's state means."""

import itertools
from typing import get_args

import pytest

from chat.domain.origins import origin_allowed
from chat.domain.permissions import (
    GENERAL,
    Action,
    acting_role,
    may,
    may_change,
    may_create_room,
    may_delete_room,
    may_own,
    may_stop,
)
from chat.domain.reply_states import CLOSED_PHASES, OPEN_PHASES, status_of
from chat.wire import MemberRole, ReplyPhase, RoomKind, ServerRole

ACTIONS: tuple[Action, ...] = get_args(Action)
KINDS: tuple[RoomKind, ...] = get_args(RoomKind)
FOR_OWNERS: tuple[Action, ...] = ("change", "remove", "appoint", "archive", "note")
OWNERS_ONLY: set[tuple[Action, RoomKind]] = set(itertools.product(FOR_OWNERS, KINDS))


def test_a_stranger_may_only_see_and_join_public_rooms() -> None:
    allowed = {(action, kind) for action, kind in itertools.product(ACTIONS, KINDS) if may(action, kind, None)}
    assert allowed == {("see", "public"), ("join", "public")}


@pytest.mark.parametrize("role", get_args(MemberRole))
def test_members_may_do_all_but_leave_or_open_a_direct_room_and_owners_change_the_others(role: MemberRole) -> None:
    refused = {(action, kind) for action, kind in itertools.product(ACTIONS, KINDS) if not may(action, kind, role)}
    assert refused - OWNERS_ONLY == {("leave", "direct"), ("invite", "direct")}
    changes = {(action, kind) for action, kind in OWNERS_ONLY if may(action, kind, role)}
    of_owners = {pair for pair in OWNERS_ONLY if role == "owner" and pair[1] != "direct"}
    assert changes == of_owners | {("note", "direct")}, "which both may change there, because nobody is above"


def test_in_an_archived_room_people_read_and_owners_take_it_out_again() -> None:
    allowed = {action for action in ACTIONS if may(action, "private", "owner", is_archived=True)}
    assert allowed == {"see", "join", "read", "stop", "leave", "remove", "appoint", "archive"}
    assert may("join", "public", None, is_archived=True), "or nobody new could read it"


@pytest.mark.parametrize(
    ("role", "kind", "on_server", "acts_as"),
    [
        ("member", "public", "admin", "owner"),
        ("member", "public", "moderator", "owner"),
        ("member", "public", "member", "member"),
        ("member", "public", "guest", "member"),
        ("member", "private", "admin", "member"),
        ("member", "private", "moderator", "member"),
        ("member", "direct", "admin", "member"),
        ("owner", "private", "member", "owner"),
        (None, "public", "admin", None),
    ],
)
def test_moderators_and_admins_act_as_owners_of_the_public_rooms_that_they_are_in(
    role: MemberRole | None, kind: RoomKind, on_server: ServerRole, acts_as: MemberRole | None
) -> None:
    assert acting_role(role, kind, on_server) == acts_as


def test_a_guest_is_where_they_were_invited_and_brings_nobody_in() -> None:
    pairs = list(itertools.product(ACTIONS, KINDS))
    assert not [pair for pair in pairs if may(*pair, None, is_guest=True)]
    lost = {pair for pair in pairs if may(*pair, "member") and not may(*pair, "member", is_guest=True)}
    assert lost == {("invite", "public"), ("invite", "private")}
    assert [role for role in get_args(ServerRole) if not may_own(role)] == ["guest"]


@pytest.mark.parametrize("kind", KINDS)
def test_guests_open_direct_rooms_with_those_they_know_and_no_others(kind: RoomKind) -> None:
    assert may_create_room(kind, "member", shares_room=False)
    assert may_create_room(kind, "guest", shares_room=True) is (kind == "direct")
    assert not may_create_room(kind, "guest", shares_room=False)


def test_who_stops_a_reply_is_the_rooms_choice() -> None:
    assert may_stop("everybody", "member", is_asker=False)
    assert may_stop("asker", "member", is_asker=True) and may_stop("asker", "owner", is_asker=False)
    assert not may_stop("asker", "member", is_asker=False)


def test_owners_and_admins_delete_rooms_but_not_the_one_of_everybody() -> None:
    assert may_delete_room("private", "den", "owner", is_admin=False)
    assert may_delete_room("public", "den", None, is_admin=True)
    assert not may_delete_room("public", "den", "member", is_admin=False)
    assert not may_delete_room("direct", "direct-a-b", "owner", is_admin=True)
    assert not may_delete_room("public", GENERAL, "owner", is_admin=True)


@pytest.mark.parametrize(
    ("kind", "role", "is_author", "is_asker", "may_edit", "may_delete"),
    [
        ("public", "member", True, False, True, True),
        ("private", "owner", True, False, True, True),
        ("direct", "member", True, False, True, True),
        ("public", "member", False, True, False, True),
        ("public", "member", False, False, False, False),
        ("private", "owner", False, False, False, True),
        ("direct", "owner", False, False, False, False),
    ],
)
def test_authors_change_their_own_and_owners_clean_up(
    kind: RoomKind, role: MemberRole, is_author: bool, is_asker: bool, may_edit: bool, may_delete: bool
) -> None:
    assert may_change("edit", kind, role, is_author=is_author, is_asker=is_asker) is may_edit
    assert may_change("delete", kind, role, is_author=is_author, is_asker=is_asker) is may_delete


@pytest.mark.parametrize(
    ("origin", "allowed", "verdict"),
    [
        (None, (), True),
        ("http://chat.local:5000", (), True),
        ("http://CHAT.local:5000", (), True),
        ("https://chat.local:5000", (), False),
        ("http://chat.local", (), False),
        ("http://evil.example", (), False),
        ("null", (), False),
        ("file://", (), False),
        ("http://chat.local:5000", ("https://chat.example.org",), False),
        ("https://chat.example.org", ("https://chat.example.org",), True),
        ("https://chat.example.org.evil", ("https://chat.example.org",), False),
    ],
)
def test_origins(origin: str | None, allowed: tuple[str, ...], verdict: bool) -> None:
    assert origin_allowed(origin, "chat.local:5000", "http", allowed) is verdict


def test_every_phase_is_open_or_closed() -> None:
    assert set(get_args(ReplyPhase)) == OPEN_PHASES | CLOSED_PHASES and not OPEN_PHASES & CLOSED_PHASES
    assert {status_of(phase) for phase in OPEN_PHASES} == {"sending"}
    assert status_of("done") == status_of("stopped") == "delivered"
    assert status_of("failed") == status_of("interrupted") == "error"
