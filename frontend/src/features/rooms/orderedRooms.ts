import type { Room } from "@/protocol/types";

/** The rooms of this person as the list shows them: rooms by name, then direct conversations by name. */
export function orderedRooms(rooms: Readonly<Record<string, Room>>): { shared: Room[]; direct: Room[] } {
  const mine = Object.values(rooms).filter((room) => room.is_member).sort((a, b) => a.name.localeCompare(b.name));
  return { shared: mine.filter((room) => room.kind !== "direct"), direct: mine.filter((room) => room.kind === "direct") };
}
