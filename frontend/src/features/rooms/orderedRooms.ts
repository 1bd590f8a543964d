import type { Room } from "@/protocol/types";

/** The rooms of this person as the list shows them: rooms by name, direct conversations by name, and what is archived. */
export function orderedRooms(rooms: Readonly<Record<string, Room>>): { shared: Room[]; direct: Room[]; archived: Room[] } {
  const mine = Object.values(rooms).filter((room) => room.is_member).sort((a, b) => a.name.localeCompare(b.name));
  const inUse = mine.filter((room) => !room.is_archived);
  return {
    shared: inUse.filter((room) => room.kind !== "direct"),
    direct: inUse.filter((room) => room.kind === "direct"),
    archived: mine.filter((room) => room.is_archived),
  };
}
