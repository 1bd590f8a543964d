// What happens to the messages of one room. Pure: no clock, no network.
import { codePoints } from "@/lib/codePoints";
import { dropPoints } from "@/lib/dropPoints";
import { omit } from "@/lib/omit";
import type { History, JoinAnswer, LlmChunk, LlmStatus, Message } from "@/protocol/types";
import type { LiveReply, RoomState } from "./appState";
import { noteUnseen, renewQuotes } from "./messageChanges";
import { receiveReaders } from "./reading";
import { isRunning } from "./replyPhase";

/** The version to keep when `incoming` has the id of `known`: the newer one, without losing text that streamed in. */
function merge(known: Message, incoming: Message): Message {
  if (incoming.rev < known.rev) return known;
  const isRestart = incoming.llm?.phase === "queued" && incoming.rev > known.rev;
  const hasMoreText = known.content.length > incoming.content.length && known.content.startsWith(incoming.content);
  if (isRunning(known) && isRunning(incoming) && hasMoreText && !isRestart) return { ...incoming, content: known.content };
  if (incoming.rev === known.rev && !isRunning(known) && isRunning(incoming)) return known;
  // The answer to sending it, or a page of history, may have been made before somebody read it.
  if (known.status === "read" && incoming.status === "delivered") return { ...incoming, status: "read" };
  return incoming;
}

/** Index of the first message with a `seq` not below the given one. */
function position(messages: readonly Message[], seq: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(messages: readonly Message[], incoming: Message): readonly Message[] {
  const last = messages.at(-1);
  if (!last || incoming.seq > last.seq) return [...messages, incoming];
  const index = position(messages, incoming.seq);
  const known = messages[index];
  if (!known || known.seq !== incoming.seq) return messages.toSpliced(index, 0, incoming);
  const merged = merge(known, incoming);
  return merged === known ? messages : messages.with(index, merged);
}

function insertAll(messages: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  const first = incoming[0];
  const oldest = messages[0];
  // The common cases need no search: a first page, and older history.
  if (!oldest || !first) return oldest ? messages : incoming;
  if ((incoming.at(-1)?.seq ?? 0) < oldest.seq) return [...incoming, ...messages];
  return incoming.reduce(insert, messages);
}

/** The live state that fits the messages: closed replies have none, a restarted one begins at its text. */
function liveOf(live: RoomState["live"], changed: readonly Message[], messages: readonly Message[]): RoomState["live"] {
  return changed.filter(({ llm }) => llm !== null).reduce((result, { id, seq }) => {
    const message = messages[position(messages, seq)];
    if (!message || !isRunning(message)) return omit(result, id);
    const known = result[id];
    const points = codePoints(message.content);
    if (known?.points === points) return result;
    const isRestart = points === 0;
    return { ...result, [id]: { status: isRestart ? null : (known?.status ?? null), at: known?.at ?? 0, points } };
  }, live);
}

export function withMessages(room: RoomState, incoming: readonly Message[]): RoomState {
  const messages = insertAll(room.messages, incoming);
  const live = liveOf(room.live, incoming, messages);
  return messages === room.messages && live === room.live ? room : { ...room, messages, live };
}

/**
 * New and changed messages. What is older than the list, or newer than a page of the history, is not put into it, because something would be missing between,
 * but quotes show what became of it.
 */
function withChanges(room: RoomState, incoming: readonly Message[]): RoomState {
  const oldest = room.messages[0]?.seq ?? 0;
  const newest = room.hasMoreAfter ? (room.messages.at(-1)?.seq ?? 0) : Infinity;
  const isNear = ({ seq }: Message): boolean => seq >= oldest && seq <= newest;
  const next = noteUnseen(withMessages(room, incoming.filter(isNear)), incoming.filter((message) => !isNear(message)));
  const quotable = incoming.filter(({ edited_at, deleted_at }) => edited_at ?? deleted_at);
  const messages = quotable.reduce((result, message) => {
    const known = result[position(result, message.seq)];
    return renewQuotes(result, known?.seq === message.seq ? known : message);
  }, next.messages);
  return messages === next.messages ? next : { ...next, messages };
}

/** A message or a change pushed by the server. A hole in the numbers asks for a new join by `isSynced: false`. */
export function receiveMessage(room: RoomState, message: Message): RoomState {
  if (!room.cursor) return room;
  const hasHole = message.seq > room.cursor.seq + 1;
  const next = withChanges(room, [message]);
  if (!room.isSynced) return next;
  if (hasHole) return { ...next, isSynced: false };
  const cursor = { seq: Math.max(room.cursor.seq, message.seq), rev: Math.max(room.cursor.rev, message.rev) };
  return { ...next, cursor };
}

/** The answer of `join_room`: everything missed, or after a gap only the newest page. */
export function receiveJoin(room: RoomState, answer: JoinAnswer, at: number): RoomState {
  const isFresh = answer.has_gap || !room.cursor;
  const base: RoomState = isFresh ? { ...room, messages: [], live: {}, hasMoreAfter: false } : room;
  let next = withChanges(base, answer.messages);
  for (const reply of answer.active_replies) next = setText(next, reply.reply_id, reply.text, { status: reply.status, at, points: reply.offset });
  next = receiveReaders(next, answer.members);
  const hasMoreBefore = isFresh ? (next.messages[0]?.seq ?? 1) > 1 : room.hasMoreBefore;
  return {
    ...next,
    members: answer.members,
    memberCount: answer.member_count,
    agents: answer.agents,
    cursor: { seq: answer.seq, rev: answer.rev },
    isSynced: true,
    hasMoreBefore,
    error: null,
  };
}

/** Older history, asked for `before` the first known message. After a gap another one is first, and the page does not fit any more. */
export function receiveHistory(room: RoomState, history: History, before: number): RoomState {
  if (room.messages[0]?.seq !== before) return room;
  return { ...withMessages(room, history.messages), hasMoreBefore: history.has_more_before };
}

function setText(room: RoomState, id: string, text: string, live: LiveReply): RoomState {
  const index = room.messages.findLastIndex((message) => message.id === id);
  const message = room.messages[index];
  if (!message || !isRunning(message)) return room;
  const messages = message.content === text ? room.messages : room.messages.with(index, { ...message, content: text });
  return { ...room, messages, live: { ...room.live, [id]: live } };
}

/** Appends the new part of a chunk; a repeat changes nothing, a gap asks for a new join by `isSynced: false`. */
export function receiveChunk(room: RoomState, chunk: LlmChunk): RoomState {
  const id = chunk.reply_id;
  if (!id || !room.cursor) return room;
  const message = room.messages.findLast((candidate) => candidate.id === id);
  if (!message || !isRunning(message)) return room;
  const live = room.live[id] ?? { status: null, at: 0, points: codePoints(message.content) };
  if (chunk.offset > live.points) return { ...room, isSynced: false };
  const fresh = dropPoints(chunk.data.chunk, live.points - chunk.offset);
  if (fresh === "") return room;
  return setText(room, id, message.content + fresh, { ...live, points: live.points + codePoints(fresh) });
}

/** The phase of one reply. It is kept beside the message, whose row says only what is settled. */
export function receiveReplyStatus(room: RoomState, status: LlmStatus, at: number): RoomState {
  const id = status.reply_id;
  const message = room.messages.findLast((candidate) => candidate.id === id);
  if (!id || !message || !isRunning(message)) return room;
  const points = room.live[id]?.points ?? codePoints(message.content);
  return { ...room, live: { ...room.live, [id]: { status, at, points } } };
}
