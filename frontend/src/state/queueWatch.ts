// Hearing who waits for the models, for as long as somebody looks.
import type { QueueAnswer } from "@/protocol/types";
import { decodeAnswer } from "@/transport/decode";
import { connection } from "./connection";
import { roomStore } from "./roomStore";

let watchers = 0;

async function ask(): Promise<void> {
  const answer = await connection.emit("watch_queue", { is_on: true }).catch(() => null);
  if (!answer || watchers === 0) return;
  const { queues } = decodeAnswer<QueueAnswer>("QueueAnswer", answer);
  roomStore.update((state) => ({ ...state, queues, queuesAt: Date.now() }));
}

/** A new socket has to say it again. */
connection.onSetUp(() => { if (watchers > 0) void ask(); });

/** Gives what ends it: the server then sends no more. */
export function watchQueue(): () => void {
  watchers += 1;
  if (watchers === 1) void ask();
  return () => {
    watchers -= 1;
    if (watchers > 0) return;
    roomStore.update((state) => ({ ...state, queues: [] }));
    connection.emit("watch_queue", { is_on: false }).catch(() => undefined);
  };
}
