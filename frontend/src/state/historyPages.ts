// Pages of the history that are not at the end of the room. Pure: no clock, no network.
import type { History } from "@/protocol/types";
import type { RoomState } from "./appState";
import { withMessages } from "./roomReducer";

/** True when messages have arrived after the last of a page: those of the room are not complete with it. */
function isBehind(room: RoomState, history: History): boolean {
  return (history.messages.at(-1)?.seq ?? 0) < (room.cursor?.seq ?? 0);
}

/** A page instead of what is there. */
function replaced(room: RoomState, history: History): RoomState {
  const empty = { ...room, messages: [], live: {}, page: room.page + 1 };
  return { ...withMessages(empty, history.messages), hasMoreBefore: history.has_more_before, hasMoreAfter: isBehind(room, history) };
}

/** The page around a message: put together with what is there if the two touch, instead of it otherwise. */
export function receiveAround(room: RoomState, history: History): RoomState {
  const [from, to] = [history.messages[0]?.seq, history.messages.at(-1)?.seq];
  const [oldest, newest] = [room.messages[0]?.seq, room.messages.at(-1)?.seq];
  if (!room.cursor || from === undefined || to === undefined) return room;
  if (oldest === undefined || newest === undefined || to < oldest - 1 || from > newest + 1) return replaced(room, history);
  return {
    ...withMessages(room, history.messages),
    hasMoreBefore: from < oldest ? history.has_more_before : room.hasMoreBefore,
    hasMoreAfter: to > newest ? isBehind(room, history) : room.hasMoreAfter,
  };
}

/** The page after the last message that is there; after another change it does not fit any more. */
export function receiveNewer(room: RoomState, history: History, after: number): RoomState {
  if (room.messages.at(-1)?.seq !== after) return room;
  return { ...withMessages(room, history.messages), hasMoreAfter: history.messages.length > 0 && isBehind(room, history) };
}

/** Back to the end of the room. */
export function receiveNewest(room: RoomState, history: History): RoomState {
  return { ...replaced(room, history), target: null };
}
