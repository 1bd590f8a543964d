import type { Room } from "@/protocol/types";

export const nameOf = (room: Room): string => (room.kind === "direct" ? room.name : `#${room.name}`);
