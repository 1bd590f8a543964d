// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import type { History, Message } from "@/protocol/types";
import { http } from "@/transport/http";
import type { ServerEvent } from "@/transport/socket";
import { applyServerEvent } from "./dispatch";
import { history } from "./history";
import { rooms } from "./rooms";
import { roomStore } from "./roomStore";
import { aDeletion, aMessage, anAppState, aRoom, aRoomState } from "./testMessages";

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => aMessage(from + index));
const hear = (seq: number) => roomStore.update((state) => applyServerEvent(state, { event: "message", payload: aMessage(seq) }, 0));
const shown = () => roomStore.get().roomStates.r1;

/** Reads old messages of a room that ends with 100; the page that is asked for is made, then the next message comes, then the page. */
function readOld(last: number, overtaken: number) {
  const room = { ...aRoomState(range(last - 9, last), { hasMoreAfter: true }), cursor: { seq: 100, rev: 100 } };
  roomStore.update(() => anAppState({ rooms: { r1: aRoom({ last_seq: 100 }) }, activeRoom: "r1", roomStates: { r1: room } }));
  let newest = 100;
  return vi.spyOn(http, "history").mockImplementation(async (_, { after }): Promise<History> => {
    const messages = range((after ?? newest - 9) + 1, newest);
    if (newest < 100 + overtaken) {
      newest += 1;
      await Promise.resolve();
      hear(newest);
    }
    return { messages, has_more_before: true, has_more_after: false };
  });
}

describe("a page that a new message overtakes", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("is asked for again on the way to the end, so that the list ends with the newest", async () => {
    const asked = readOld(20, 1);
    await history.showLatest("r1");
    expect([shown()?.messages.at(-1)?.seq, shown()?.hasMoreAfter, asked.mock.calls.length]).toEqual([101, false, 2]);
  });

  it("is asked for again on the way down, also from the last message", async () => {
    readOld(90, 1);
    await history.loadNewer("r1");
    expect([shown()?.messages.at(-1)?.seq, shown()?.hasMoreAfter]).toEqual([101, false]);
    readOld(100, 1);
    await history.loadNewer("r1");
    expect([shown()?.messages.at(-1)?.seq, shown()?.hasMoreAfter]).toEqual([101, false]);
  });

  it.each<[string, ServerEvent, Partial<Message>]>([
    ["text", { event: "message_updated", payload: { type: "message_updated", room: "r1", message: aMessage(85, { content: "edited", rev: 101 }) } }, { content: "edited", rev: 101 }],
    ["deletion", { event: "message_deleted", payload: aDeletion(85, 101) }, { content: "", deleted_at: aDeletion(85, 101).deleted_at, rev: 101 }],
    ["reactions", { event: "reaction", payload: { type: "reaction", room: "r1", id: "m85", rev: 101, emoji: "+", is_on: true, user: "u2", reactions: [{ emoji: "+", users: ["u2"] }] } }, { reactions: [{ emoji: "+", users: ["u2"] }], rev: 101 }],
  ])("is asked for again when it has an older %s of a message", async (_, event, change) => {
    roomStore.update(() => anAppState({ roomStates: { r1: aRoomState(range(91, 100), { hasMoreBefore: true }) } }));
    const answers = [{}, change].map((changes): History => ({ messages: [aMessage(84), aMessage(85, changes)], has_more_before: true, has_more_after: true }));
    vi.spyOn(http, "history").mockImplementation(async () => {
      const page = answers.shift() as History;
      await Promise.resolve();
      roomStore.update((state) => applyServerEvent(state, event, 0));
      return page;
    });
    await rooms.loadOlder("r1");
    expect(shown()?.messages.slice(0, 2)).toEqual([aMessage(84), aMessage(85, change)]);
  });

  it("leaves a list that says that there is more, where each is overtaken", async () => {
    readOld(20, 1_000);
    await history.showLatest("r1");
    expect(shown()?.hasMoreAfter).toBe(true);
  });
});
