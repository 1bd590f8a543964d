"""Events as JSON, for the other processes: never pickled, and checked when they are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter, ValidationError

from chat import events
from chat.events import Event
from chat.shared_events import AnswerLearned, LineChanged, LoadLearned

# What others need for their sockets, and what ends their work. Left out is what each process finds out by itself.
TOLD: tuple[type[Event], ...] = (
    events.MessagePosted,
    events.MessageChanged,
    events.MessageDeleted,
    events.ReactionChanged,
    events.StopAsked,
    LineChanged,
    LoadLearned,
    AnswerLearned,
    events.AgentActed,
    events.RoomAgentsChanged,
    events.RoomCreated,
    events.RoomChanged,
    events.TemplatesChanged,
    events.RoomMemoryChanged,
    events.RoomDeleted,
    events.MemberJoined,
    events.MemberLeft,
    events.MemberChanged,
    events.RoomRead,
    events.RoomMuted,
    events.MentionsChanged,
    events.MessageRead,
    events.SignInEnded,
    events.PersonChanged,
    events.ReplyProgressed,
    events.ReplyGrew,
    events.Typed,
    events.ModelProgressed,
    events.PresenceTold,
    events.PresenceAsked,
    events.Counted,
    events.CacheEmptied,
)
_ADAPTERS: dict[str, TypeAdapter[Event]] = {kind.__name__: TypeAdapter(kind) for kind in TOLD}


class Unreadable(ValueError):
    """It was packed by a version that understands something else by it, or by somebody else."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What one process has told at once. `last` is the number of its last event; it counts them from 1.

    None stands for an event that only a newer version knows.
    """

    sender: str
    last: int
    events: Sequence[Event | None] = ()

    @property
    def first(self) -> int:
        """The number of its first event; of a packet without any, of the one that would come next."""
        return self.last - len(self.events) + 1


def begins(sender: str) -> bytes:
    """How every packet of that sender begins."""
    return orjson.dumps([sender])[:-1] + b","


def pack(packet: Packet) -> bytes:
    return orjson.dumps([packet.sender, packet.last, [_packed(event) for event in packet.events if event]])


def _packed(event: Event) -> list[object]:
    name = type(event).__name__
    return [name, orjson.Fragment(_ADAPTERS[name].dump_json(event))]


def unpack(data: bytes) -> Packet:
    """Raises `Unreadable`."""
    try:
        sender, last, packed = orjson.loads(data)
        return Packet(str(sender), int(last), tuple(_unpacked(packed)))
    except (TypeError, ValueError, ValidationError) as problem:
        raise Unreadable(type(problem).__name__) from problem


def _unpacked(packed: Iterable[tuple[str, object]]) -> Iterable[Event | None]:
    for name, fields in packed:
        adapter = _ADAPTERS.get(name)
        yield adapter.validate_python(fields) if adapter else None
