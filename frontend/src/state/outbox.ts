// Messages on their way. One storage key for each, so that two tabs never overwrite each other's.
import type { GenerationOptions, Quote } from "@/protocol/types";
import type { ErrorLike } from "./appState";
import type { SentTemplate } from "./filledTemplate";

/** What a message is sent with besides its text. */
export interface Along {
  /** The message that it replies to. */
  quote?: Quote | null;
  template?: SentTemplate | null;
  /** The model that is asked, by its handle, and how. */
  model?: string | null;
  options?: GenerationOptions | null;
}

interface OutboxBase extends Along {
  clientId: string;
  room: string;
  content: string;
  createdAt: string;
}

export type OutboxItem =
  | (OutboxBase & { state: "sending" })
  | (OutboxBase & { state: "failed"; error: ErrorLike });

type KeyValueStore = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = (user: string): string => `roundtable.outbox.${user}.`;

function isItem(value: unknown): value is OutboxItem {
  const item = value as Partial<OutboxItem> | null;
  return typeof item?.clientId === "string" && typeof item.room === "string" && typeof item.content === "string"
    && typeof item.createdAt === "string" && (item.state === "sending" || item.state === "failed");
}

function parse(text: string | null): OutboxItem | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isItem(value) ? value : null;
  } catch {
    return null;
  }
}

/** What was still on its way when the page was left, oldest first. */
export function loadOutbox(storage: KeyValueStore, user: string): OutboxItem[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  return keys
    .filter((key) => key.startsWith(prefix(user)))
    .map((key) => parse(storage.getItem(key)))
    .filter((item) => item !== null)
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** The id of the message that another tab has just taken out of the outbox, if that is what the storage event says. */
export function takenOut(event: Pick<StorageEvent, "key" | "newValue">, user: string): string | null {
  const isOurs = event.newValue === null && event.key?.startsWith(prefix(user));
  return isOurs && event.key ? event.key.slice(prefix(user).length) : null;
}

/** Writes what changed between two outboxes. Storage may be full or forbidden: then the outbox lives as long as the tab. */
export function saveOutbox(storage: KeyValueStore, user: string, before: readonly OutboxItem[], after: readonly OutboxItem[]): void {
  try {
    const kept = new Set(after.map((item) => item.clientId));
    for (const item of before) if (!kept.has(item.clientId)) storage.removeItem(prefix(user) + item.clientId);
    for (const item of after) if (!before.includes(item)) storage.setItem(prefix(user) + item.clientId, JSON.stringify(item));
  } catch (error) {
    console.warn("The outbox could not be kept for a reload.", error);
  }
}
