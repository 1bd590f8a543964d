// The rows of the message list: messages and what is still on its way, with the lines and headers between them.
import { formatTime } from "@/lib/formatTime";
import type { Message, User } from "@/protocol/types";
import type { RoomState } from "@/state/appState";
import type { OutboxItem } from "@/state/outbox";
import { isRunning } from "@/state/replyPhase";

interface RowBase {
  key: string;
  /** "Today" above the first message of a day. */
  day: string | null;
  isFirstNew: boolean;
  /** Shares the header of the message above. */
  isContinuation: boolean;
}

export type Row = RowBase & (
  | { kind: "sent"; message: Message }
  | { kind: "streaming"; message: Message }
  | { kind: "sending"; item: OutboxItem }
  | { kind: "failed"; item: Extract<OutboxItem, { state: "failed" }> }
);

const GROUP_MS = 5 * 60_000;

interface Stamp {
  author: string;
  time: number;
  day: string;
}

const stamps = new WeakMap<object, Stamp>();

function stampOf(source: object, author: string, createdAt: string): Stamp {
  const known = stamps.get(source);
  if (known) return known;
  const stamp = { author, time: Date.parse(createdAt), day: new Date(createdAt).toDateString() };
  stamps.set(source, stamp);
  return stamp;
}

function decorate(stamp: Stamp, above: Stamp | null, createdAt: string, isFirstNew: boolean): Omit<RowBase, "key"> {
  const isNewDay = above?.day !== stamp.day;
  const isContinuation = !isNewDay && !isFirstNew && above?.author === stamp.author && stamp.time - above.time < GROUP_MS;
  return { day: isNewDay ? formatTime.day(createdAt) : null, isFirstNew, isContinuation };
}

/** The index of the first message that is new to this person, or -1; looked for from the end, as it is near it. */
function firstNew(messages: readonly Message[], after: number | null, me: string): number {
  let first = -1;
  if (after === null) return first;
  for (let index = messages.length - 1; (messages[index]?.seq ?? 0) > after; index--) {
    if (messages[index]?.author.id !== me) first = index;
  }
  return first;
}

/** How many of the rows drawn before stand unchanged at the beginning: a row depends on its message and the one above. */
function unchanged(rows: readonly Row[], messages: readonly Message[], newAt: number): number {
  const changed = rows.findIndex((row, index) => !("message" in row) || row.message !== messages[index] || row.isFirstNew !== (index === newAt));
  return changed === -1 ? rows.length : changed;
}

/**
 * Rows in the order of `seq`, what has no `seq` yet at the end. Own messages keep their key when they are confirmed.
 * `before` are the rows drawn last: while a reply grows thirty times a second, all above it are taken over from there.
 */
export function listItems(room: Pick<RoomState, "messages" | "newLineAfter">, outbox: readonly OutboxItem[], me: User, before: readonly Row[] = []): Row[] {
  const { messages } = room;
  const newAt = firstNew(messages, room.newLineAfter, me.id);
  const kept = unchanged(before, messages, newAt);
  const rows = before.slice(0, kept);
  const last = messages[kept - 1];
  let above = last ? stampOf(last, last.author.id, last.created_at) : null;
  for (let index = kept; index < messages.length; index++) {
    const message = messages[index] as Message;
    const stamp = stampOf(message, message.author.id, message.created_at);
    const lines = decorate(stamp, above, message.created_at, index === newAt);
    above = stamp;
    const key = message.author.id === me.id ? `mine-${message.client_id}` : message.id;
    rows.push({ kind: isRunning(message) ? "streaming" : "sent", key, message, ...lines });
  }
  for (const item of outbox) {
    const stamp = stampOf(item, me.id, item.createdAt);
    const base = { key: `mine-${item.clientId}`, ...decorate(stamp, above, item.createdAt, false) };
    above = stamp;
    rows.push(item.state === "failed" ? { kind: "failed", item, ...base } : { kind: "sending", item, ...base });
  }
  return rows;
}

/** True when two rows draw the same. */
export function isSameRow(a: Row, b: Row): boolean {
  const content = "message" in a ? "message" in b && a.message === b.message : "item" in b && a.item === b.item;
  return content && a.kind === b.kind && a.day === b.day && a.isFirstNew === b.isFirstNew && a.isContinuation === b.isContinuation;
}
