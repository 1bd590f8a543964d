import { formatAmount } from "@/lib/formatAmount";
import type { BackendQueue, QueueEntry, Room } from "@/protocol/types";

/** Whose question it is and where, as far as this person may know. */
export function queueWho(entry: QueueEntry, rooms: Readonly<Record<string, Room>>): string {
  if (entry.kind === "program") return entry.is_mine ? "Your program" : "A program";
  if (entry.kind === "person") return entry.is_mine ? "You, outside of rooms" : "Somebody, outside of rooms";
  const who = entry.is_mine ? "You" : (entry.asked_by ?? "Somebody");
  const room = entry.room ? rooms[entry.room] : undefined;
  if (!room) return `${who} in another room`;
  return room.kind === "direct" ? `${who}, with ${room.name}` : `${who} in #${room.name}`;
}

/** Since when it is being answered, or when it probably will be; `elapsed` seconds after the server said so. */
export function queueWhen(entry: QueueEntry, elapsed: number): string {
  if (entry.running_seconds !== null) return `${entry.is_loading ? "loading, " : ""}${formatAmount.seconds(Math.round(entry.running_seconds + elapsed))}`;
  if (entry.start_seconds === null) return entry.position === 1 ? "next" : "";
  const left = Math.round(entry.start_seconds - elapsed);
  return left >= 1 ? `in about ${formatAmount.seconds(left)}` : "any moment now";
}

export const queueLength = (queues: readonly BackendQueue[]): number => queues.reduce((sum, { entries, more }) => sum + entries.length + more, 0);
