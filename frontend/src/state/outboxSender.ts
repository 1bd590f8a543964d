// Sends the outbox: in order within a room, one at a time, again under the same client_id until the server has answered.
import type { ErrorBody, Message } from "@/protocol/types";
import { ApiError } from "@/transport/ApiError";
import { createBackoff } from "@/lib/backoff";
import type { OutboxItem } from "./outbox";

const MAX_TIMEOUTS = 3;

export interface OutboxEffects {
  items(): readonly OutboxItem[];
  isConnected(): boolean;
  post(item: OutboxItem): Promise<{ message: Message; notice: ErrorBody | null }>;
  onSent(item: OutboxItem, message: Message, notice: ErrorBody | null): void;
  onFailed(item: OutboxItem, error: ApiError): void;
  /** Calls back after some milliseconds; replaced in tests. */
  later(run: () => void, ms: number): void;
}

export interface OutboxSender {
  /** Sends what waits; call it whenever something was added or the connection is back. */
  kick(): void;
}

/** Counts a missing answer. */
function mayRepeat(timeouts: Map<string, number>, { clientId }: OutboxItem): boolean {
  const count = (timeouts.get(clientId) ?? 0) + 1;
  timeouts.set(clientId, count);
  return count < MAX_TIMEOUTS;
}

export function createOutboxSender(effects: OutboxEffects): OutboxSender {
  const busy = new Set<string>();
  const timeouts = new Map<string, number>();
  const backoff = createBackoff(effects.later);

  const next = (room: string): OutboxItem | undefined =>
    effects.items().find((item) => item.room === room && item.state === "sending");

  /** True when the room's next message may go out at once. */
  async function sendOne(item: OutboxItem): Promise<boolean> {
    try {
      const { message, notice } = await effects.post(item);
      timeouts.delete(item.clientId);
      backoff.reset(item.room);
      effects.onSent(item, message, notice);
      return true;
    } catch (cause) {
      return onError(item, cause instanceof ApiError ? cause : new ApiError({ code: "internal", message: String(cause) }));
    }
  }

  function onError(item: OutboxItem, error: ApiError): boolean {
    if (error.code === "not_signed_in" || !effects.isConnected()) return false;
    if (error.code === "offline") {
      // A long text goes over HTTP, which may fail while the socket stays open: no reconnect will send it again.
      backoff.again(item.room, () => void sendAll(item.room));
      return false;
    }
    if (error.code === "timeout" && mayRepeat(timeouts, item)) return true;
    timeouts.delete(item.clientId);
    effects.onFailed(item, error);
    if (error.code !== "too_fast") return true;
    effects.later(() => void sendAll(item.room), (error.retryAfter ?? 1) * 1000);
    return false;
  }

  async function sendAll(room: string): Promise<void> {
    if (busy.has(room)) return;
    busy.add(room);
    try {
      for (let item = next(room); item && effects.isConnected(); item = next(room)) {
        if (!(await sendOne(item))) break;
      }
    } finally {
      busy.delete(room);
    }
  }

  return {
    kick() {
      if (!effects.isConnected()) return;
      for (const room of new Set(effects.items().map((item) => item.room))) void sendAll(room);
    },
  };
}
