import { io, type Socket as ClientSocket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "@/protocol/types";
import { ApiError } from "./ApiError";
import { decodeEvent, SERVER_EVENT_NAMES } from "./decode";
import { type ReconnectPace, restartPace, SPREAD, spread, USUAL_PACE } from "./reconnectPace";

const ACK_TIMEOUT_MS = 10_000;
const CLOSED_WAIT_MS = 1_000;

export type ServerEvent = { [E in keyof ServerEvents]: { event: E; payload: ServerEvents[E] } }[keyof ServerEvents];

export interface SocketListener {
  onEvent(event: ServerEvent): void;
  onConnect(): void;
  onDisconnect(): void;
  /** The server refused the connection, e.g. because the session has ended. */
  onRefused(error: ApiError): void;
}

export interface Socket {
  /** Resolves with the ack; throws `ApiError` when it is refused, or when none comes in time. */
  emit<E extends keyof ClientEvents>(event: E, payload: ClientEvents[E]): Promise<unknown>;
  isConnected(): boolean;
  /** Do not wait for the backoff: the network just came back. */
  retryNow(): void;
  close(): void;
}

interface Refusal {
  ok: false;
  error: { code: string; message: string };
}

function isRefusal(ack: unknown): ack is Refusal {
  return typeof ack === "object" && ack !== null && (ack as { ok?: unknown }).ok === false;
}

function refusedBy(error: Error & { data?: unknown }): ApiError | null {
  const data = error.data as { error?: Refusal["error"]; code?: string; message?: string } | undefined;
  if (data?.error?.code) return new ApiError(data.error);
  return data?.code && data.message ? new ApiError({ code: data.code, message: data.message }) : null;
}

function passEvents(socket: ClientSocket, onEvent: SocketListener["onEvent"]): void {
  for (const event of SERVER_EVENT_NAMES) {
    socket.on(event, (payload: unknown) => {
      try {
        onEvent({ event, payload: decodeEvent(event, payload) } as ServerEvent);
      } catch (error) {
        console.error(`Dropped an event "${event}" that is not as the schema says.`, error);
      }
    });
  }
  socket.onAny((event: string) => {
    if (!(SERVER_EVENT_NAMES as string[]).includes(event)) console.warn(`Ignored an unknown event "${event}".`);
  });
}

function setPace(socket: ClientSocket, pace: ReconnectPace): void {
  socket.io.reconnectionDelay(pace.reconnectionDelay);
  socket.io.reconnectionDelayMax(pace.reconnectionDelayMax);
}

async function ask(socket: ClientSocket, event: string, payload: unknown): Promise<unknown> {
  if (!socket.connected) throw new ApiError({ code: "offline", message: "Not connected." });
  const ack: unknown = await socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, payload).catch(() => {
    throw new ApiError({ code: "timeout", message: "The server did not answer in time." });
  });
  if (isRefusal(ack)) throw new ApiError(ack.error);
  return ack;
}

/** Opens the one socket of this tab and hands every valid event to `listener`; unknown and invalid ones are logged. */
export function openSocket(listener: SocketListener): Socket {
  const socket = io({
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    withCredentials: true,
    ...USUAL_PACE,
    randomizationFactor: SPREAD,
    timeout: 10_000,
  });
  let closedWait = CLOSED_WAIT_MS;
  let comeBack: ReturnType<typeof setTimeout> | undefined;
  passEvents(socket, (received) => {
    if (received.event === "server_restarting") {
      const pace = restartPace(received.payload.retry_after);
      setPace(socket, pace);
      closedWait = pace.reconnectionDelay;
    }
    listener.onEvent(received);
  });
  socket.on("connect", () => {
    setPace(socket, USUAL_PACE);
    closedWait = CLOSED_WAIT_MS;
    listener.onConnect();
  });
  socket.on("disconnect", (reason) => {
    listener.onDisconnect();
    // The server closed it (restart, revoked session): the client library does not come back from this by itself.
    if (reason === "io server disconnect") comeBack = setTimeout(() => socket.connect(), spread(closedWait));
  });
  socket.on("connect_error", (error) => {
    const refusal = refusedBy(error);
    if (refusal) listener.onRefused(refusal);
    else listener.onDisconnect();
  });
  return {
    emit: (event, payload) => ask(socket, event, payload),
    isConnected: () => socket.connected,
    // Ending it first takes its timer away, and the next waits begin anew.
    retryNow: () => {
      if (socket.connected) return;
      socket.disconnect();
      socket.connect();
    },
    close: () => {
      clearTimeout(comeBack);
      socket.removeAllListeners();
      socket.disconnect();
    },
  };
}
