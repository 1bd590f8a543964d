import type { Room } from "@/protocol/types";

/** How many messages of a room call for attention: in one that is muted or archived, only those that name this person. */
export const calling = (room: Room): number => (room.is_muted || room.is_archived ? room.mentions : room.unread);
