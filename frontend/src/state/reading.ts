// Which messages of people somebody else has read: the rules of "Reading" in docs/protocol.md. Pure: no clock, no network.
import type { Member, Message } from "@/protocol/types";
import type { RoomState } from "./appState";

function markRead(messages: readonly Message[], isRead: (message: Message) => boolean): readonly Message[] {
  const becomesRead = (message: Message) => message.status === "delivered" && message.author.kind === "person" && isRead(message);
  if (!messages.some(becomesRead)) return messages;
  return messages.map((message) => (becomesRead(message) ? { ...message, status: "read" } : message));
}

function withRead(room: RoomState, isRead: (message: Message) => boolean): RoomState {
  const messages = markRead(room.messages, isRead);
  return messages === room.messages ? room : { ...room, messages };
}

/** Somebody has read everything up to `seq`: whoever posts has, and whoever joins. */
export function receiveReader(room: RoomState, reader: string, seq: number): RoomState {
  return withRead(room, (message) => message.author.id !== reader && message.seq <= seq);
}

/** Somebody has read this message, and with it all earlier ones of its author. */
export function receiveRead(room: RoomState, id: string): RoomState {
  const read = room.messages.findLast((message) => message.id === id);
  return read ? withRead(room, (message) => message.author.id === read.author.id && message.seq <= read.seq) : room;
}

/** How far the members have read, which nobody was told while away. The two who have read furthest decide it for every author. */
export function receiveReaders(room: RoomState, members: readonly Member[]): RoomState {
  const furthest = members.toSorted((a, b) => b.last_read_seq - a.last_read_seq).slice(0, 2);
  return furthest.reduce((result, member) => receiveReader(result, member.id, member.last_read_seq), room);
}
