import { fuzzyScore } from "@/lib/fuzzyScore";
import type { Room } from "@/protocol/types";
import type { Suggestion } from "./suggestion";

const MAX = 8;

/** The rooms that this person may see and whose name fits, the best first, their own before others. No direct ones. */
export function roomSuggestions(query: string, rooms: Readonly<Record<string, Room>>): Suggestion[] {
  return Object.values(rooms)
    .map((room) => ({ room, score: Math.min(...[fuzzyScore(query, room.slug), fuzzyScore(query, room.name)].map((score) => score ?? Infinity)) }))
    .filter(({ room, score }) => room.kind !== "direct" && Number.isFinite(score))
    .sort((a, b) => Number(b.room.is_member) - Number(a.room.is_member) || a.score - b.score || a.room.name.localeCompare(b.room.name))
    .slice(0, MAX)
    .map(({ room }) => ({
      key: room.id, label: `#${room.slug}`, note: [room.is_member ? "" : "not joined", room.topic].filter(Boolean).join(" · "),
      mark: { kind: room.kind === "private" ? "private" as const : "public" as const }, take: { insert: `#${room.slug}` },
    }));
}
