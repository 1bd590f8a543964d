// Everything that this person does to messages.
import { randomId } from "@/lib/randomId";
import type { ErrorBody, Message, MessageAnswer, SendAnswer, SendMessage } from "@/protocol/types";
import type { ApiError } from "@/transport/ApiError";
import { decodeAnswer } from "@/transport/decode";
import { http } from "@/transport/http";
import { ask } from "./ask";
import { connection } from "./connection";
import { inRoom, settleOutbox } from "./dispatch";
import type { Along, OutboxItem } from "./outbox";
import { createOutboxSender } from "./outboxSender";
import { receiveMessage } from "./roomReducer";
import { roomStore } from "./roomStore";

/** A longer text does not fit into one socket frame (64 KB) and goes over HTTP. */
const FRAME_BYTES = 60_000;

function along({ quote, template, model, options }: OutboxItem): Partial<SendMessage> {
  return {
    ...(quote ? { reply_to: quote.id } : {}),
    ...(template ? { template: template.use.id, variables: template.variables } : {}),
    ...(model ? { model } : {}),
    ...(options ? { options } : {}),
  };
}

async function post(item: OutboxItem): Promise<SendAnswer | MessageAnswer> {
  const payload = { room: item.room, content: item.content, client_id: item.clientId, ...along(item) };
  if (new TextEncoder().encode(JSON.stringify(payload)).length > FRAME_BYTES) return http.postMessage(payload);
  return decodeAnswer<SendAnswer>("SendAnswer", await connection.emit("send_message", payload));
}

function onSent(item: OutboxItem, message: Message, notice: ErrorBody | null): void {
  roomStore.update((state) => {
    const outbox = state.outbox.filter(({ clientId }) => clientId !== item.clientId);
    const settled = settleOutbox({ ...state, outbox }, [message]);
    return inRoom(settled, message.room, (room) => {
      const received = receiveMessage(room, message);
      return notice ? { ...received, notices: { ...received.notices, [message.id]: notice } } : received;
    });
  });
}

function onFailed(item: OutboxItem, error: ApiError): void {
  const reason = { code: error.code, message: error.message };
  roomStore.update((state) => ({
    ...state,
    outbox: state.outbox.map((known) => (known.clientId === item.clientId ? { ...known, state: "failed" as const, error: reason } : known)),
    cooldown: error.code === "too_fast" && error.retryAfter
      ? { ...state.cooldown, [item.room]: Date.now() + error.retryAfter * 1000 }
      : state.cooldown,
  }));
}

const sender = createOutboxSender({
  items: () => roomStore.get().outbox,
  isConnected: () => connection.isConnected() && roomStore.get().isSetUp,
  post,
  onSent,
  onFailed,
  later: (run, ms) => void setTimeout(run, ms),
});

export const outgoing = {
  kick: (): void => sender.kick(),

  /** Shows the message at once and sends it when it can. */
  send(room: string, content: string, along: Along = {}): void {
    const item: OutboxItem = { clientId: randomId(), room, content, ...along, createdAt: new Date().toISOString(), state: "sending" };
    roomStore.update((state) => ({ ...inRoom(state, room, (known) => ({ ...known, newLineAfter: null })), outbox: [...state.outbox, item] }));
    sender.kick();
  },

  retry(clientId: string): void {
    roomStore.update((state) => ({
      ...state,
      outbox: state.outbox.map((item) => {
        if (item.clientId !== clientId || item.state !== "failed") return item;
        return { ...item, state: "sending" as const, error: undefined };
      }),
    }));
    sender.kick();
  },

  discard(clientId: string): void {
    roomStore.update((state) => ({ ...state, outbox: state.outbox.filter((item) => item.clientId !== clientId) }));
  },

  stopReply: (message: string) =>
    ask(() => connection.emit("stop_reply", { message }), "The reply could not be stopped. Try again when the connection is back."),

  regenerate: (message: string) =>
    ask(() => connection.emit("regenerate", { message, bypass_cache: true }), "The model could not be asked. Try again when the connection is back."),

  continueReply: (message: string) =>
    ask(() => connection.emit("continue_reply", { message }), "The model could not be asked. Try again when the connection is back."),

  /** `model` is one that is being mentioned: the server may load it before the question comes. */
  typing(room: string, isTyping: boolean, model: string | null = null): void {
    connection.emit("typing", { room, is_typing: isTyping, model }).catch(() => undefined);
  },
};
