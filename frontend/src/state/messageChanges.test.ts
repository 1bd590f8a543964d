import { describe, expect, it } from "vitest";
import { EMPTY_ROOM } from "./appState";
import { receiveDeletion, receiveReaction } from "./messageChanges";
import { receiveMessage } from "./roomReducer";
import { aDeletion, aMessage, aQuote, aRoomState } from "./testMessages";

const reacted = { reactions: [{ emoji: "👍", users: ["u1"] }], pinned_at: "2026-01-02T10:00:00.000Z", pinned_by: "u1" };
const EDITED = "2026-01-02T11:00:00.000Z";

describe("deletion", () => {
  it("takes everything but the place of the message", () => {
    const room = receiveDeletion(aRoomState([aMessage(1, reacted), aMessage(2)]), aDeletion(1, 7));
    expect(room.messages[0]).toEqual(aMessage(1, { rev: 7, content: "", deleted_at: aDeletion(1, 7).deleted_at }));
    expect(room.messages[1]).toEqual(aMessage(2));
    expect(room.cursor).toEqual({ seq: 2, rev: 7 });
  });

  it("empties the quotes of it, also when the message itself is not loaded", () => {
    const room = aRoomState([aMessage(50, { quote: aQuote(3) }), aMessage(51, { quote: aQuote(4) })]);
    const { messages } = receiveDeletion(room, aDeletion(3, 60));
    expect(messages.map(({ quote }) => [quote?.content, quote?.deleted])).toEqual([["", true], ["text 4", false]]);
  });

  it("moves no cursor while something is missing, so that it comes again with the next join", () => {
    const room = aRoomState([aMessage(1)], { isSynced: false });
    expect(receiveDeletion(room, aDeletion(1, 7)).cursor).toEqual({ seq: 1, rev: 1 });
  });

  it("takes nothing for a room that was never joined", () => {
    expect(receiveDeletion(EMPTY_ROOM, aDeletion(1, 7)).messages).toEqual([]);
  });
});

describe("reactions", () => {
  const reactions = [{ emoji: "👍", users: ["u1", "u2"] }];
  const event = (rev: number) => ({ type: "reaction" as const, room: "r1", id: "m1", rev, user: "u2", emoji: "👍", is_on: true, reactions });

  it("are those of the event", () => {
    const room = receiveReaction(aRoomState([aMessage(1)]), event(5));
    expect(room.messages[0]).toEqual(aMessage(1, { rev: 5, reactions }));
    expect(room.cursor).toEqual({ seq: 1, rev: 5 });
  });

  it("of an older version change nothing", () => {
    expect(receiveReaction(aRoomState([aMessage(1, { rev: 6 })]), event(5)).messages[0]).toEqual(aMessage(1, { rev: 6 }));
  });
});

describe("quotes", () => {
  const quoting = aMessage(2, { quote: aQuote(1) });

  it("show the edited text, on one line", () => {
    const room = receiveMessage(aRoomState([aMessage(1), quoting]), aMessage(1, { rev: 3, content: "new\n\n text", edited_at: EDITED }));
    expect(room.messages[1]?.quote?.content).toBe("new text");
    expect(room.messages[1]?.rev).toBe(2);
  });

  it("show an edited text that is too long for them as the server does", () => {
    const { messages } = receiveMessage(aRoomState([aMessage(1), quoting]), aMessage(1, { rev: 3, content: "👋".repeat(201), edited_at: EDITED }));
    expect(messages[1]?.quote?.content).toBe(`${"👋".repeat(199)}…`);
  });

  it("are not set back by an older version", () => {
    const room = aRoomState([aMessage(1, { rev: 5, content: "newest", edited_at: EDITED }), aMessage(2, { quote: aQuote(1, { content: "newest" }) })]);
    const { messages } = receiveMessage(room, aMessage(1, { rev: 4, content: "older", edited_at: EDITED }));
    expect(messages[1]?.quote?.content).toBe("newest");
  });
});
