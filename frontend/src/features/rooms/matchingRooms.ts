import type { Room } from "@/protocol/types";

const MAX = 10;

function rank(room: Room, query: string): number {
  const name = room.name.toLowerCase();
  if (query === "") return room.unread > 0 ? 0 : 1;
  if (name.startsWith(query)) return 0;
  return name.includes(query) || room.topic.toLowerCase().includes(query) ? 1 : -1;
}

/** Rooms that fit what was typed, own and unread ones first; the open room comes last. */
export function matchingRooms(rooms: readonly Room[], query: string, active: string | null): Room[] {
  const wanted = query.trim().toLowerCase().replace(/^#/, "");
  return rooms
    .map((room) => ({ room, rank: rank(room, wanted) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => Number(a.room.id === active) - Number(b.room.id === active)
      || Number(b.room.is_member) - Number(a.room.is_member) || a.rank - b.rank || a.room.name.localeCompare(b.room.name))
    .slice(0, MAX)
    .map((entry) => entry.room);
}
