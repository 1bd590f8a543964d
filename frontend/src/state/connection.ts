// The socket of this tab: opens it, feeds its events to the store, joins the open room again after every connect.
import { announcer } from "@/lib/announcer";
import { notify } from "@/lib/notify";
import type { ClientEvents, JoinAnswer } from "@/protocol/types";
import { createBackoff, later } from "@/lib/backoff";
import { ApiError } from "@/transport/ApiError";
import { decodeAnswer } from "@/transport/decode";
import { openSocket, type ServerEvent, type Socket } from "@/transport/socket";
import { EMPTY_ROOM, type SessionEnd } from "./appState";
import { announcementFor } from "./announcementFor";
import { noticeFor } from "./noticeFor";
import { applyServerEvent, inRoom, settleOutbox } from "./dispatch";
import { notices } from "./notices";
import { receiveJoin } from "./roomReducer";
import { roomStore } from "./roomStore";

const BURSTS: readonly ServerEvent["event"][] = ["llm_chunk", "llmStatus", "presence", "typing"];
const REFUSED_RETRY_MS = 3_000;

let socket: Socket | null = null;
let joining: string | null = null;
const joinAgain = createBackoff(later);
const whenSetUp = new Set<() => void>();
let onSignedOut: (reason: SessionEnd) => void = () => undefined;

function onEvent(received: ServerEvent): void {
  if (received.event === "signed_out") return onSignedOut(received.payload.reason);
  const before = roomStore.get();
  roomStore.update((state) => applyServerEvent(state, received, Date.now()), { isUrgent: !BURSTS.includes(received.event) });
  notices.hear(received, before);
  const words = announcementFor(received, before);
  if (words) announcer.say(words);
  const notice = noticeFor(received, before);
  if (notice) notify("info", notice);
  if (received.event === "setup") afterSetup();
  else rejoinIfTorn();
}

function afterSetup(): void {
  const { activeRoom, rooms } = roomStore.get();
  if (activeRoom && rooms[activeRoom]?.is_member) void joinRoom(activeRoom);
  for (const run of whenSetUp) run();
}

function rejoinIfTorn(): void {
  const { activeRoom, roomStates } = roomStore.get();
  const room = activeRoom ? roomStates[activeRoom] : undefined;
  if (activeRoom && room?.cursor && !room.isSynced) void joinRoom(activeRoom);
}

function onDisconnect(): void {
  joining = null;
  roomStore.update((state) => {
    if (state.connection.phase === "offline" && Object.values(state.roomStates).every((room) => !room.isSynced)) return state;
    const roomStates = Object.fromEntries(
      Object.entries(state.roomStates).map(([id, room]) => [id, { ...room, isSynced: false, typing: {} }]),
    );
    const phase = state.connection.phase === "restarting" ? "restarting" : state.isSetUp ? "offline" : "connecting";
    return { ...state, roomStates, connection: { phase, caughtUp: null } };
  });
}

function onRefused(error: ApiError): void {
  if (error.code === "not_signed_in") return onSignedOut("unknown");
  onDisconnect();
  // Twice, as `later` may halve it.
  later(() => socket?.retryNow(), Math.max(REFUSED_RETRY_MS, (error.retryAfter ?? 0) * 2_000));
}

const retryNow = (): void => socket?.retryNow();

/** After an answer that never came. Without a connection nothing happens here: `setup` joins the open room. */
function joinIfOpen(id: string): void {
  const { activeRoom, roomStates } = roomStore.get();
  if (activeRoom === id && !roomStates[id]?.isSynced) void joinRoom(id);
}

/** Opens a room on this socket and catches up with it. */
export async function joinRoom(id: string): Promise<void> {
  if (joining === id || !connection.isConnected()) return;
  joining = id;
  const cursor = roomStore.get().roomStates[id]?.cursor;
  try {
    const payload = cursor ? { room: id, after: cursor.seq, after_rev: cursor.rev } : { room: id };
    const answer = decodeAnswer<JoinAnswer>("JoinAnswer", await connection.emit("join_room", payload));
    joinAgain.reset(id);
    roomStore.update((state) => {
      const joined = inRoom(state, id, (room) => receiveJoin(room, answer, Date.now()));
      const presence = { ...joined.presence, ...Object.fromEntries(answer.members.map((member) => [member.id, member.presence])) };
      return settleOutbox({ ...joined, presence, rooms: { ...joined.rooms, [id]: answer.room } }, answer.messages);
    });
  } catch (error) {
    if (error instanceof ApiError && error.isConnection) return joinAgain.again(id, () => joinIfOpen(id));
    const shown = error instanceof ApiError ? error : new ApiError({ code: "internal", message: "This room could not be read. Reload the page." });
    roomStore.update((state) => inRoom(state, id, (room) => ({ ...(room.cursor ? room : EMPTY_ROOM), error: shown })));
  } finally {
    if (joining === id) joining = null;
  }
}

export const connection = {
  open(signedOut: (reason: SessionEnd) => void): void {
    onSignedOut = signedOut;
    socket ??= openSocket({ onEvent, onConnect: () => undefined, onDisconnect, onRefused });
    window.addEventListener("online", retryNow);
  },
  close(): void {
    window.removeEventListener("online", retryNow);
    socket?.close();
    socket = null;
    joining = null;
  },
  emit<E extends keyof ClientEvents>(event: E, payload: ClientEvents[E]): Promise<unknown> {
    if (!socket) return Promise.reject(new ApiError({ code: "offline", message: "Not connected." }));
    return socket.emit(event, payload);
  },
  isConnected: (): boolean => socket?.isConnected() ?? false,
  onSetUp(run: () => void): void {
    whenSetUp.add(run);
  },
};
