import { describe, expect, it } from "vitest";
import type { JoinAnswer } from "@/protocol/types";
import { EMPTY_ROOM } from "./appState";
import { receiveChunk, receiveHistory, receiveJoin, receiveMessage, receiveReplyStatus } from "./roomReducer";
import { aChunk, aMessage, aReply, aRoom, aRoomState, aStatus } from "./testMessages";

const seqs = (room: { messages: readonly { seq: number }[] }) => room.messages.map((message) => message.seq);

function answer(changes: Partial<JoinAnswer>): JoinAnswer {
  return { ok: true, room: aRoom(), members: [], member_count: 0, agents: [], seq: 0, rev: 0, messages: [], has_gap: false, active_replies: [], ...changes };
}

describe("messages", () => {
  it("shows a message once, however often it comes", () => {
    const room = receiveMessage(receiveMessage(aRoomState([aMessage(1)]), aMessage(2)), aMessage(2));
    expect(seqs(room)).toEqual([1, 2]);
  });

  it("keeps the order of seq when events come out of order", () => {
    const room = receiveMessage(aRoomState([aMessage(1), aMessage(3)], { cursor: { seq: 3, rev: 3 } }), aMessage(2));
    expect(seqs(room)).toEqual([1, 2, 3]);
  });

  it("asks for a new join when a number is missing, and keeps the cursor before the hole", () => {
    const room = receiveMessage(aRoomState([aMessage(1)]), aMessage(4));
    expect(room.isSynced).toBe(false);
    expect(room.cursor).toEqual({ seq: 1, rev: 1 });
  });

  it("ignores an older version of a message that it has", () => {
    const known = aRoomState([aMessage(1, { rev: 5, content: "new" })]);
    expect(receiveMessage(known, aMessage(1, { rev: 4, content: "old" })).messages[0]?.content).toBe("new");
  });

  it("takes nothing for a room that was never joined", () => {
    expect(receiveMessage(EMPTY_ROOM, aMessage(1))).toBe(EMPTY_ROOM);
  });

  it("does not put a change of a message that is not loaded into the list", () => {
    const room = receiveMessage(aRoomState([aMessage(50)]), aMessage(3, { rev: 51 }));
    expect(seqs(room)).toEqual([50]);
    expect(room.cursor).toEqual({ seq: 50, rev: 51 });
  });
});

describe("a reply that is continued", () => {
  it("keeps its text and grows from its end", () => {
    const stopped = aReply(1, "stopped", { content: "Because it 🦙" });
    const reopened = receiveMessage(aRoomState([stopped]), aReply(1, "queued", { content: "Because it 🦙", rev: 2 }));
    expect(reopened.messages[0]?.content).toBe("Because it 🦙");
    const grown = receiveChunk(reopened, aChunk("m1", 12, " is."));
    expect(grown.messages[0]?.content).toBe("Because it 🦙 is.");
    expect(receiveChunk(grown, aChunk("m1", 12, " is."))).toBe(grown);
    expect(grown.isSynced).toBe(true);
  });
});

describe("joining", () => {
  it("adds what was missed and what has changed", () => {
    const before = aRoomState([aMessage(1), aMessage(2)], { isSynced: false });
    const room = receiveJoin(before, answer({ seq: 3, rev: 9, messages: [aMessage(1, { rev: 9, content: "edited" }), aMessage(3)] }), 0);
    expect(seqs(room)).toEqual([1, 2, 3]);
    expect(room.messages[0]?.content).toBe("edited");
    expect(room).toMatchObject({ isSynced: true, cursor: { seq: 3, rev: 9 } });
  });

  it("does not put a change of a message that is not loaded into the list", () => {
    const before = aRoomState([aMessage(50)], { isSynced: false, hasMoreBefore: true });
    const room = receiveJoin(before, answer({ seq: 51, rev: 60, messages: [aMessage(3, { rev: 60, content: "edited" }), aMessage(51)] }), 0);
    expect(seqs(room)).toEqual([50, 51]);
  });

  it("drops the old messages after a gap and can load what lies between", () => {
    const before = aRoomState([aMessage(1), aMessage(2)], { isSynced: false, hasMoreBefore: false });
    const room = receiveJoin(before, answer({ seq: 500, rev: 500, has_gap: true, messages: [aMessage(499), aMessage(500)] }), 0);
    expect(seqs(room)).toEqual([499, 500]);
    expect(room.hasMoreBefore).toBe(true);
  });

  it("knows that a room which begins at 1 has nothing before", () => {
    expect(receiveJoin(EMPTY_ROOM, answer({ seq: 1, rev: 1, messages: [aMessage(1)] }), 0).hasMoreBefore).toBe(false);
  });

  it("takes the text so far of a reply that is being written", () => {
    const status = aStatus({ reply_id: "m2", phase: "generating" });
    const joined = receiveJoin(EMPTY_ROOM, answer({
      seq: 2, rev: 2, messages: [aMessage(1), aReply(2, "generating", { content: "Hel" })],
      active_replies: [{ reply_id: "m2", text: "Hello 👋", offset: 7, status }],
    }), 5);
    expect(joined.messages[1]?.content).toBe("Hello 👋");
    expect(joined.live.m2).toEqual({ status, at: 5, points: 7 });
    expect(receiveChunk(joined, aChunk("m2", 7, "!")).messages[1]?.content).toBe("Hello 👋!");
  });

  it("puts older history before what is there", () => {
    const room = receiveHistory(aRoomState([aMessage(3)], { hasMoreBefore: true }), { messages: [aMessage(1), aMessage(2)], has_more_before: false, has_more_after: true }, 3);
    expect(seqs(room)).toEqual([1, 2, 3]);
    expect(room.hasMoreBefore).toBe(false);
  });

  it("ignores older history that was asked for before a gap, so that nothing is left out between", () => {
    const rejoined = receiveJoin(aRoomState([aMessage(3)], { hasMoreBefore: true }), answer({ seq: 500, rev: 500, has_gap: true, messages: [aMessage(500)] }), 0);
    const late = { messages: [aMessage(1), aMessage(2)], has_more_before: false, has_more_after: true };
    expect(receiveHistory(rejoined, late, 3)).toBe(rejoined);
  });
});

describe("chunks", () => {
  const running = aRoomState([aReply(1, "generating")]);
  const text = (room: typeof running) => room.messages[0]?.content;

  it("counts code points, not UTF-16 units", () => {
    const room = receiveChunk(receiveChunk(running, aChunk("m1", 0, "👋🏽 hi ")), aChunk("m1", 6, "🌊"));
    expect(text(room)).toBe("👋🏽 hi 🌊");
    expect(room.live.m1?.points).toBe(7);
  });

  it("ignores a repeat", () => {
    const room = receiveChunk(running, aChunk("m1", 0, "ab"));
    expect(receiveChunk(room, aChunk("m1", 0, "ab"))).toBe(room);
  });

  it("takes only the new part of an overlap", () => {
    const room = receiveChunk(running, aChunk("m1", 0, "a😀b"));
    expect(text(receiveChunk(room, aChunk("m1", 1, "😀bcd")))).toBe("a😀bcd");
  });

  it("asks for a new join when a part is missing, and invents nothing", () => {
    const room = receiveChunk(running, aChunk("m1", 5, "x"));
    expect(room.isSynced).toBe(false);
    expect(text(room)).toBe("");
  });

  it("ignores what comes after the reply was closed", () => {
    const closed = aRoomState([aReply(1, "stopped", { content: "ab" })]);
    expect(receiveChunk(closed, aChunk("m1", 2, "cd"))).toBe(closed);
  });

  it("gives way to the final message", () => {
    const room = receiveMessage(receiveChunk(running, aChunk("m1", 0, "Hel")), aReply(1, "done", { rev: 2, content: "Hello." }));
    expect(text(room)).toBe("Hello.");
    expect(room.live).toEqual({});
  });

  it("keeps streamed text when an update knows less of it", () => {
    const room = receiveMessage(receiveChunk(running, aChunk("m1", 0, "Hello")), aReply(1, "generating", { rev: 2, content: "Hel" }));
    expect(text(room)).toBe("Hello");
  });

  it("begins anew when the reply is asked for again", () => {
    const done = aRoomState([aReply(1, "done", { content: "old", rev: 3 })]);
    const again = receiveMessage(done, aReply(1, "queued", { rev: 4 }));
    expect(text(again)).toBe("");
    expect(text(receiveChunk(again, aChunk("m1", 0, "new")))).toBe("new");
  });
});

describe("phases", () => {
  it("keeps the phase of a running reply and forgets it when the reply is closed", () => {
    const status = aStatus({ reply_id: "m1" });
    const room = receiveReplyStatus(aRoomState([aReply(1, "loading")]), status, 7);
    expect(room.live.m1).toEqual({ status, at: 7, points: 0 });
    expect(receiveMessage(room, aReply(1, "failed", { rev: 2 })).live).toEqual({});
  });

  it("ignores the phase of a closed reply", () => {
    const room = aRoomState([aReply(1, "done")]);
    expect(receiveReplyStatus(room, aStatus({ reply_id: "m1" }), 7)).toBe(room);
  });
});
