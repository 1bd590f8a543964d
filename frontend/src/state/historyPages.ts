// Pages of the history that are not at the end of the room. Pure: no clock, no network.
import type { History, Message } from "@/protocol/types";
import type { RoomState } from "./appState";
import { withMessages } from "./roomReducer";

/** A page, and the newest `seq` that was known when it was asked for. */
export interface Page extends History {
  heard: number;
}

/** The newest `seq` that is known, shown or not. */
export function heardIn(room: RoomState | undefined): number {
  return room?.cursor?.seq ?? 0;
}

/** True when there are messages after a page, or one has come while it was on its way: those of the room are not complete with it. */
function isBehind(room: RoomState | undefined, page: Page): boolean {
  const newest = page.messages.at(-1)?.seq ?? 0;
  return page.has_more_after || heardIn(room) > Math.max(page.heard, newest);
}

/** True when the socket has told more of the end of the room, or of a message in the page, than the page does. */
export function isOvertaken(page: Page, room: RoomState | undefined): boolean {
  const isOlder = ({ id, rev }: Message) => room?.unseen.some((change) => change.id === id && change.rev > rev);
  return (!page.has_more_after && isBehind(room, page)) || page.messages.some(isOlder);
}

/** A page instead of what is there. */
function replaced(room: RoomState, page: Page): RoomState {
  const empty = { ...room, messages: [], live: {}, page: room.page + 1 };
  return { ...withMessages(empty, page.messages), hasMoreBefore: page.has_more_before, hasMoreAfter: isBehind(room, page) };
}

/** The page around a message: put together with what is there if the two touch, instead of it otherwise. */
export function receiveAround(room: RoomState, page: Page): RoomState {
  const [from, to] = [page.messages[0]?.seq, page.messages.at(-1)?.seq];
  const [oldest, newest] = [room.messages[0]?.seq, room.messages.at(-1)?.seq];
  if (!room.cursor || from === undefined || to === undefined) return room;
  if (oldest === undefined || newest === undefined || to < oldest - 1 || from > newest + 1) return replaced(room, page);
  return {
    ...withMessages(room, page.messages),
    hasMoreBefore: from < oldest ? page.has_more_before : room.hasMoreBefore,
    hasMoreAfter: to > newest ? isBehind(room, page) : room.hasMoreAfter,
  };
}

/** The page after the last message that is there; after another change it does not fit any more. */
export function receiveNewer(room: RoomState, page: Page, after: number): RoomState {
  if (room.messages.at(-1)?.seq !== after) return room;
  return { ...withMessages(room, page.messages), hasMoreAfter: isBehind(room, page) };
}

/** Back to the end of the room. */
export function receiveNewest(room: RoomState, page: Page): RoomState {
  return { ...replaced(room, page), target: null };
}
