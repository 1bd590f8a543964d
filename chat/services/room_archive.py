"""A room on paper, so to speak: every row of it as a line of JSON, and made again from those lines.

What is said, by whom, and who is in it. Not how it is set up: its agents, its templates and what models remember of it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Row, Table, insert, or_, select
from sqlalchemy.exc import IntegrityError, StatementError

from chat.db.ids import iso, new_id, now_ms
from chat.db.tables import members, mentions, messages, reactions, rooms, run_steps, users
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.domain.reply_states import OPEN_PHASES
from chat.errors import Conflict, InvalidInput, NotFound
from chat.services.audit import note
from chat.services.people import role_columns
from chat.services.rooms import free_slug

FORMAT = 1
NO_PASSWORD = "!"  # no hash of any
_PAGE = 500
_TABLES: dict[str, Table] = {table.name: table for table in (members, messages, mentions, reactions, run_steps)}
_NOT_OURS = "This is not what “flask export-room” has written"


def export_room(db: Database, ref: str, write: Callable[[str], object]) -> int:
    """Writes the room (id or address) line by line, as it is at one moment; gives how many messages it has."""
    with db.read() as read:
        room = _get_room(read, ref)
        write(_line({"roundtable": "room", "format": FORMAT, "at": iso(now_ms()), "room": _values(room)}))
        for person in read.all(select(users).where(_takes_part(room.id)).order_by(users.c.id)):
            names = ("id", "username", "display_name", "is_bot")
            write(_line({"person": {name: getattr(person, name) for name in names}}))
        counts = {name: _write_rows(read, table, room.id, write) for name, table in _TABLES.items()}
        write(_line({"end": counts}))
    with db.write() as uow:
        note(uow, "room_exported", room.id, _shown_name(room.kind, room.name), room.kind)
    return counts["messages"]


def _shown_name(kind: str, name: str) -> str:
    return "" if kind == "direct" else name


def _get_room(tx: Reader, ref: str) -> Row[Any]:
    found = tx.first(select(rooms).where(or_(rooms.c.id == ref, rooms.c.slug == ref), rooms.c.deleted_at.is_(None)))
    if found is None:
        raise NotFound(f"There is no room “{ref}”. Give its id or its address, the part after #.")
    return found


def _takes_part(room_id: str) -> Any:
    """Whoever is in the room, or has left something there."""
    named = (
        select(members.c.user_id).where(members.c.room_id == room_id),
        select(messages.c.author_id).where(messages.c.room_id == room_id),
        select(messages.c.pinned_by).where(messages.c.room_id == room_id),
        select(messages.c.reply["requested_by"].as_string()).where(messages.c.room_id == room_id),
        select(mentions.c.user_id).where(mentions.c.room_id == room_id),
        select(reactions.c.user_id).where(reactions.c.room_id == room_id),
    )
    return or_(*(users.c.id.in_(some) for some in named))


def _write_rows(tx: Reader, table: Table, room_id: str, write: Callable[[str], object]) -> int:
    count = 0
    for count, row in enumerate(_rows(tx, table, room_id), 1):  # noqa: B007  it is what is asked for
        write(_line({table.name: _values(row)}))
    return count


def _rows(tx: Reader, table: Table, room_id: str) -> Iterator[Row[Any]]:
    query = select(table).where(table.c.room_id == room_id)
    order = [messages.c.seq] if table is messages else list(table.primary_key)
    yield from tx.execute(query.order_by(*order).execution_options(yield_per=_PAGE))


def _values(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if value is not None}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def import_room(db: Database, lines: Iterable[str]) -> tuple[str, int]:
    """Makes the room again, all of it or nothing; gives its address and how many messages it has.

    People are found by their user names; for those that nobody has there are accounts that cannot sign in. Raises
    `Conflict` for a room that is here, `InvalidInput` for a file that is not whole.
    """
    with db.write() as uow:
        try:
            return _Import(uow, lines).run()
        except KeyError as missing:
            raise InvalidInput(f"{_NOT_OURS}: {missing} is missing.") from None
        except (IntegrityError, StatementError) as problem:
            raise InvalidInput(f"{_NOT_OURS}, or it does not fit what is here: {problem.orig}.") from None


class _Import:
    def __init__(self, uow: UnitOfWork, lines: Iterable[str]) -> None:
        self._uow, self._lines = uow, enumerate(lines, 1)
        self._people: dict[str, str] = {}  # ids here, by the ids there
        self._counts = dict.fromkeys(_TABLES, 0)

    def run(self) -> tuple[str, int]:
        room, slug = self._begin()
        for number, line in self._lines:
            kind, value = next(iter(_object(number, line).items()))
            if kind == "end":
                self._require_whole(room, value)
                note(self._uow, "room_imported", room["id"], _shown_name(room["kind"], room["name"]), room["kind"])
                return slug, self._counts["messages"]
            if kind == "person":
                self._people[value["id"]] = self._person(value)
            else:
                self._insert(number, kind, value)
        raise InvalidInput("The file ends too early: it was not written to its end. Export the room again.")

    def _begin(self) -> tuple[dict[str, Any], str]:
        number, line = next(self._lines, (1, ""))
        head = _object(number, line)
        if head.get("roundtable") != "room":
            raise InvalidInput(f"{_NOT_OURS}.")
        if head.get("format") != FORMAT:
            raise InvalidInput("Another version of Roundtable wrote this file, in a form that this one does not know.")
        room = _known(number, rooms, head["room"])
        if self._uow.first(select(rooms.c.id).where(rooms.c.id == room["id"])):
            raise Conflict("This room is here already. Delete it first, and run “flask reap”, to have it as it was.")
        if self._uow.first(select(rooms.c.id).where(rooms.c.slug == room["slug"])) and room["kind"] == "direct":
            raise Conflict("These two people have a direct room here already.")
        slug = free_slug(self._uow, room["slug"])
        self._uow.execute(insert(rooms).values({**room, "slug": slug}))
        return room, slug

    def _person(self, person: dict[str, Any]) -> str:
        here = self._uow.first(select(users.c.id).where(users.c.username == person["username"]))
        if here:
            return str(here.id)
        names = {"username": person["username"], "display_name": person["display_name"]}
        now, is_bot = self._uow.now, person.get("is_bot", False)
        can = {"is_bot": is_bot, **role_columns("guest" if is_bot else "member")}
        made = {"id": new_id(), **names, **can, "password_hash": NO_PASSWORD, "created_at": now, "deactivated_at": now}
        self._uow.execute(insert(users).values(made))
        return str(made["id"])

    def _insert(self, number: int, kind: str, value: dict[str, Any]) -> None:
        table = _TABLES.get(kind)
        if table is None:
            raise InvalidInput(f"{_NOT_OURS}: line {number} is a “{kind}”.")
        row = _known(number, table, value)
        for name in ("user_id", "author_id", "pinned_by"):
            if name in row:
                row[name] = self._people[row[name]]
        if table is messages:
            row = self._message(row)
        self._uow.execute(insert(table).values(row))
        self._counts[kind] += 1

    def _message(self, row: dict[str, Any]) -> dict[str, Any]:
        """A reply that was being written is one that was cut off: nobody writes it here."""
        if row.get("reply_phase") in OPEN_PHASES:
            row |= {"reply_phase": "interrupted", "reply": {**row["reply"], "finish": "interrupted"}}
        if asked := (row.get("reply") or {}).get("requested_by"):
            row["reply"] = {**row["reply"], "requested_by": self._people.get(asked, asked)}
        return row

    def _require_whole(self, room: dict[str, Any], counts: dict[str, int]) -> None:
        if counts != self._counts or self._counts["messages"] != room["last_seq"]:
            raise InvalidInput("The file is not whole: lines of it are missing. Export the room again.")


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as problem:
        raise InvalidInput(f"{_NOT_OURS}: line {number} is not JSON ({problem.msg}).") from None
    if not isinstance(value, dict) or not value:
        raise InvalidInput(f"{_NOT_OURS}: line {number} is no object.")
    return value


def _known(number: int, table: Table, value: dict[str, Any]) -> dict[str, Any]:
    """A row with columns that there are."""
    if unknown := value.keys() - table.c.keys():
        raise InvalidInput(f"{_NOT_OURS}: line {number} has {', '.join(sorted(unknown))}.")
    return dict(value)
