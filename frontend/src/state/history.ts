// Going to a message anywhere in a room, and back to its end.
import type { Message, ReplyContext } from "@/protocol/types";
import { http } from "@/transport/http";
import type { RoomState } from "./appState";
import { ask } from "./ask";
import { inRoom, settleOutbox } from "./dispatch";
import { receiveAround, receiveNewer, receiveNewest } from "./historyPages";
import { readPage } from "./readPage";
import { roomStore } from "./roomStore";

const loading = new Set<string>();

function change(room: string, how: (room: RoomState) => RoomState): void {
  roomStore.update((state) => inRoom(state, room, how));
}

/** Waits until the room is read for the first time; false when another one was opened meanwhile. */
function whenJoined(room: string): Promise<boolean> {
  return new Promise((resolve) => {
    let stop: () => void = () => undefined;
    const look = (): boolean => {
      const { activeRoom, roomStates } = roomStore.get();
      const isOver = activeRoom !== room || Boolean(roomStates[room]?.cursor);
      if (!isOver) return false;
      stop();
      resolve(activeRoom === room);
      return true;
    };
    if (!look()) stop = roomStore.subscribe(() => void look());
  });
}

const stateOf = (room: string): RoomState | undefined => roomStore.get().roomStates[room];

async function loadAround(room: string, id: string): Promise<void> {
  const { seq } = await http.message(id);
  const page = await readPage(room, { around: seq });
  roomStore.update((state) => settleOutbox(inRoom(state, room, (known) => receiveAround(known, page)), page.messages));
}

export const history = {
  /** Where a message is; null if it does not exist, or for other eyes. */
  find: (id: string): Promise<Message | null> => http.message(id).catch(() => null),

  /** Shows a message of the open room among those around it. */
  async showMessage(room: string, id: string): Promise<void> {
    if (!(await whenJoined(room))) return;
    const isThere = stateOf(room)?.messages.some((message) => message.id === id);
    const isDone = isThere || (await ask(() => loadAround(room, id), "The message could not be loaded. Try again when the connection is back."));
    change(room, (known) => ({ ...known, target: isDone ? { id, isFound: true } : null }));
  },

  /** The same for a room that is just being opened: nothing else is shown before. */
  openAt(room: string, id: string): Promise<void> {
    change(room, (known) => ({ ...known, target: { id, isFound: false } }));
    return history.showMessage(room, id);
  },

  async loadNewer(room: string): Promise<void> {
    const known = stateOf(room);
    const last = known?.messages.at(-1);
    if (!known?.hasMoreAfter || !last || loading.has(room)) return;
    loading.add(room);
    try {
      const page = await readPage(room, { after: last.seq });
      roomStore.update((state) => settleOutbox(inRoom(state, room, (before) => receiveNewer(before, page, last.seq)), page.messages));
    } finally {
      loading.delete(room);
    }
  },

  showLatest: (room: string) => ask(async () => {
    const page = await readPage(room, {});
    roomStore.update((state) => settleOutbox(inRoom(state, room, (known) => receiveNewest(known, page)), page.messages));
  }, "The newest messages could not be loaded. Try again when the connection is back."),

  /** What the model was given to read for a reply; null before it has begun. Throws `ApiError`. */
  context: (id: string): Promise<ReplyContext | null> => http.context(id),

  /** What is pinned in a room, newest pin first. Throws `ApiError`. */
  pins: (room: string): Promise<Message[]> => http.pins(room),
};
