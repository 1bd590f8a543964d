// What this person does to messages that are there already.
import { beginOf } from "@/lib/beginOf";
import type { Message } from "@/protocol/types";
import { http } from "@/transport/http";
import { ask } from "./ask";
import { connection } from "./connection";
import { inRoom } from "./dispatch";
import { showReaction } from "./messageChanges";
import { receiveMessage } from "./roomReducer";
import { roomStore } from "./roomStore";

const AGAIN = "Try again when the connection is back.";

type Named = Pick<Message, "id" | "room">;

function show(message: Named, emoji: string, isOn: boolean): void {
  const me = roomStore.get().session.user;
  if (me) roomStore.update((state) => inRoom(state, message.room, (room) => showReaction(room, message.id, emoji, me.id, isOn)));
}

export const messageActions = {
  /** Shown at once, and taken back with a word when the server refuses it. */
  async react(message: Named, emoji: string, isOn: boolean): Promise<void> {
    show(message, emoji, isOn);
    const isDone = await ask(() => connection.emit("react", { message: message.id, emoji, is_on: isOn }), `Your reaction was not saved. ${AGAIN}`);
    if (!isDone) show(message, emoji, !isOn);
  },

  pin: (message: Named, isPinned: boolean) =>
    ask(() => connection.emit("pin_message", { message: message.id, is_pinned: isPinned }), `The pin was not changed. ${AGAIN}`),

  remove: (message: Named) =>
    ask(() => connection.emit("delete_message", { message: message.id }), `The message was not deleted. ${AGAIN}`),

  /** Over HTTP, because a text may be longer than a socket frame. Throws `ApiError`. */
  async edit(message: Named, content: string): Promise<void> {
    const edited = await http.editMessage(message.id, content);
    roomStore.update((state) => inRoom(state, message.room, (room) => receiveMessage(room, edited)));
  },

  startEdit({ id, room }: Named): void {
    roomStore.update((state) => inRoom(state, room, (known) => ({ ...known, editing: id })));
  },

  /** The newest own message that is loaded; false without one. */
  startEditLast(room: string): boolean {
    const { roomStates, session } = roomStore.get();
    const last = roomStates[room]?.messages.findLast((message) => message.author.id === session.user?.id && !message.deleted_at);
    if (last) messageActions.startEdit(last);
    return last !== undefined;
  },

  endEdit(room: string): void {
    roomStore.update((state) => inRoom(state, room, (known) => ({ ...known, editing: null })));
  },

  startReply({ id, seq, author, content, room, deleted_at }: Message): void {
    const replyTo = { id, seq, author, content: beginOf(content), deleted: deleted_at !== null };
    roomStore.update((state) => inRoom(state, room, (known) => ({ ...known, replyTo })));
  },

  /** False when nothing was to be replied to. */
  endReply(room: string): boolean {
    if (!roomStore.get().roomStates[room]?.replyTo) return false;
    roomStore.update((state) => inRoom(state, room, (known) => ({ ...known, replyTo: null })));
    return true;
  },
};
