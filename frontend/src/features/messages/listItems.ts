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

/** The index of the first message that is new to this person, or -1. */
function firstNew(messages: readonly Message[], after: number | null, me: string): number {
  if (after === null) return -1;
  return messages.findIndex((message) => message.seq > after && message.author.id !== me);
}

/** Rows in the order of `seq`, what has no `seq` yet at the end. Own messages keep their key when they are confirmed. */
export function listItems(room: RoomState, outbox: readonly OutboxItem[], me: User): Row[] {
  const newAt = firstNew(room.messages, room.newLineAfter, me.id);
  let above: Stamp | null = null;
  const rows: Row[] = room.messages.map((message, index) => {
    const stamp = stampOf(message, message.author.id, message.created_at);
    const lines = decorate(stamp, above, message.created_at, index === newAt);
    above = stamp;
    const key = message.author.id === me.id ? `mine-${message.client_id}` : message.id;
    return { kind: isRunning(message) ? "streaming" : "sent", key, message, ...lines };
  });
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
