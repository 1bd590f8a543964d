import { formatAgo } from "@/lib/formatAgo";
import type { ReplyContext, RoomMemory } from "@/protocol/types";

const number = (value: number): string => value.toLocaleString("en");

export const textOf = ({ kept, made }: RoomMemory): string => [kept, made].filter(Boolean).join("\n\n");

/** Who wrote it, when, and how far it goes; one sentence for each part. */
export function madeWords(memory: RoomMemory, now = Date.now()): string[] {
  const words: string[] = [];
  if (memory.edited_at) words.push(`Edited ${formatAgo(memory.edited_at, now)}${memory.edited_by ? ` by ${memory.edited_by}` : ""}.`);
  if (memory.made_at) words.push(`${memory.kept ? "Gone on with" : "Written"} by ${memory.model ?? "a model"} ${formatAgo(memory.made_at, now)}.`);
  if (memory.up_to_seq > 0) words.push(`It tells of messages ${number(memory.from_seq)} to ${number(memory.up_to_seq)} of this room.`);
  return words;
}

/** To whoever was editing a version of it when the panel was closed. */
export function unsavedWords({ version }: RoomMemory, edited: number): string {
  return version === edited ? "You were editing this note." : "You were editing this note. It has changed since: what you save replaces what it says now.";
}

/** Why there is none. */
export function emptyWords({ is_on }: RoomMemory): string {
  return is_on ? "There is no note yet. The room’s model writes one when there are more messages than it can read at once." : "There is no note, and none is written while this is off.";
}

/** What the room's model would read if it were asked now. */
export function nowWords(context: ReplyContext | null): string {
  if (!context) return "Nothing yet: nobody has written here.";
  const share = Math.round((100 * context.chars) / Math.max(1, context.budget_chars));
  const note = context.note ? `${number(context.note.chars)} characters of this note and ` : "";
  const out = context.left_out === 0 ? "all messages" : `the newest ${number(context.messages.length)} messages`;
  const rest = context.left_out === 0 ? "" : ` ${number(context.left_out)} older ones are left out; the note tells of ${number(context.noted)}.`;
  return `${note}${out}: ${share} % of what it can read.${rest}`;
}
