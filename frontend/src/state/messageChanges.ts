// What later changes do to the messages of a room, and to those that quote them. Pure: no clock, no network.
import { beginOf } from "@/lib/beginOf";
import type { Message, MessageDeleted, Reaction, ReactionEvent } from "@/protocol/types";
import type { RoomState } from "./appState";

type Quoted = Pick<Message, "id" | "content" | "deleted_at">;

/** Quotes show a message as it is now; changing it does not change the `rev` of those that quote it. */
export function renewQuotes(messages: readonly Message[], quoted: Quoted): readonly Message[] {
  if (!messages.some(({ quote }) => quote?.id === quoted.id)) return messages;
  const now = { content: beginOf(quoted.content), deleted: quoted.deleted_at !== null };
  return messages.map((message) => (message.quote?.id === quoted.id ? { ...message, quote: { ...message.quote, ...now } } : message));
}

/** As many as may come while a page is on its way. */
const UNSEEN_KEPT = 200;

/** Keeps in mind what has changed without being shown, for pages that were read before. */
export function noteUnseen(room: RoomState, changes: RoomState["unseen"]): RoomState {
  if (changes.length === 0) return room;
  return { ...room, unseen: [...room.unseen, ...changes.map(({ id, rev }) => ({ id, rev }))].slice(-UNSEEN_KEPT) };
}

/** Changes one message under a new `rev`; only the cursor moves when it is not loaded or already newer. */
function changeMessage(room: RoomState, id: string, rev: number, change: Partial<Message>): RoomState {
  if (!room.cursor) return room;
  const index = room.messages.findLastIndex((message) => message.id === id);
  const known = room.messages[index];
  const messages = known && known.rev < rev ? room.messages.with(index, { ...known, ...change, rev }) : room.messages;
  const cursor = room.isSynced ? { ...room.cursor, rev: Math.max(room.cursor.rev, rev) } : room.cursor;
  return noteUnseen({ ...room, messages, cursor }, known ? [] : [{ id, rev }]);
}

/** The message keeps its place and loses its text, also where it is quoted. */
export function receiveDeletion(room: RoomState, { id, rev, deleted_at }: MessageDeleted): RoomState {
  const empty = { content: "", deleted_at, reactions: [], template: null, pinned_at: null, pinned_by: null };
  const next = changeMessage(room, id, rev, empty);
  return { ...next, messages: renewQuotes(next.messages, { id, ...empty }) };
}

/** The event has all reactions of the message, so nothing is merged. */
export function receiveReaction(room: RoomState, { id, rev, reactions }: ReactionEvent): RoomState {
  return changeMessage(room, id, rev, { reactions });
}

/** The reactions with one person's emoji put on or taken off; an emoji that nobody chooses any more is gone. */
export function withReaction(reactions: readonly Reaction[], emoji: string, user: string, isOn: boolean): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (isOn && !known) return [...reactions, { emoji, users: [user] }];
  return reactions
    .map((reaction) => {
      if (reaction !== known) return reaction;
      const others = reaction.users.filter((id) => id !== user);
      return { emoji, users: isOn ? [...others, user] : others };
    })
    .filter(({ users }) => users.length > 0);
}

/** Shows a reaction of ours before the server has answered. It keeps its `rev`, so that what the server says replaces it. */
export function showReaction(room: RoomState, id: string, emoji: string, user: string, isOn: boolean): RoomState {
  const index = room.messages.findLastIndex((message) => message.id === id);
  const known = room.messages[index];
  if (!known) return room;
  return { ...room, messages: room.messages.with(index, { ...known, reactions: withReaction(known.reactions, emoji, user, isOn) }) };
}
