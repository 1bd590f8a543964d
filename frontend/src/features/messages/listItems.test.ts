import { describe, expect, it } from "vitest";
import type { OutboxItem } from "@/state/outbox";
import { aMessage, aReply, aRoomState, ME } from "@/state/testMessages";
import { listItems } from "./listItems";

const at = (iso: string) => ({ created_at: iso });

describe("rows", () => {
  it("groups one author within five minutes", () => {
    const room = aRoomState([aMessage(1, at("2026-01-02T10:00:00Z")), aMessage(2, at("2026-01-02T10:04:00Z")), aMessage(3, at("2026-01-02T10:10:00Z"))]);
    expect(listItems(room, [], ME).map((row) => row.isContinuation)).toEqual([false, true, false]);
  });

  it("begins every day with its line", () => {
    const room = aRoomState([aMessage(1, at("2026-01-02T12:00:00Z")), aMessage(2, at("2026-01-03T12:00:00Z")), aMessage(3, at("2026-01-03T12:01:00Z"))]);
    expect(listItems(room, [], ME).map((row) => row.day !== null)).toEqual([true, true, false]);
  });

  it("puts the new line before the first message of someone else", () => {
    const mine = { author: { id: ME.id, kind: "person" as const, handle: "ada", name: "Ada", deactivated: false } };
    const room = aRoomState([aMessage(1), aMessage(2, mine), aMessage(3)], { newLineAfter: 1 });
    expect(listItems(room, [], ME).map((row) => row.isFirstNew)).toEqual([false, false, true]);
  });

  it("says what each row is, with what has no number yet at the end", () => {
    const base = { room: "r1", content: "x", createdAt: "2026-01-02T10:00:00Z" };
    const outbox: OutboxItem[] = [{ ...base, clientId: "p", state: "sending" }, { ...base, clientId: "q", state: "failed", error: { code: "too_fast", message: "" } }];
    const rows = listItems(aRoomState([aMessage(1), aReply(2, "generating")]), outbox, ME);
    expect(rows.map((row) => row.kind)).toEqual(["sent", "streaming", "sending", "failed"]);
  });

  it("keeps the key of an own message when it is confirmed", () => {
    const pending = listItems(aRoomState([]), [{ clientId: "c1", room: "r1", content: "x", createdAt: "2026-01-02T10:00:00Z", state: "sending" }], ME);
    const sent = listItems(aRoomState([aMessage(1, { author: { id: ME.id, kind: "person", handle: "ada", name: "Ada", deactivated: false } })]), [], ME);
    expect(sent[0]?.key).toBe(pending[0]?.key);
  });

  it("takes over the rows above what has changed, and draws the same as without them", () => {
    const sent = [aMessage(1), aMessage(2), aMessage(3), aReply(4, "generating")];
    const before = listItems(aRoomState(sent), [], ME);
    for (const [room, kept] of [
      [aRoomState(sent.with(3, aReply(4, "done"))), 3],
      [aRoomState(sent.with(1, aMessage(2, { content: "edited" }))), 1],
      [aRoomState(sent, { newLineAfter: 2 }), 2],
      [aRoomState([...sent, aMessage(5)]), 4],
      [aRoomState(sent.slice(0, 2)), 2],
      [aRoomState(sent.slice(1)), 0],
    ] as const) {
      const after = listItems(room, [], ME, before);
      expect(after.filter((row, index) => row === before[index])).toHaveLength(kept);
      expect(after).toEqual(listItems(room, [], ME));
    }
  });

  it("takes over nothing of what was on its way", () => {
    const waiting: OutboxItem = { room: "r1", content: "x", createdAt: "2026-01-02T10:00:00Z", clientId: "p", state: "sending" };
    const before = listItems(aRoomState([aMessage(1)]), [waiting], ME);
    expect(listItems(aRoomState([aMessage(1), aMessage(2)]), [], ME, before)).toEqual(listItems(aRoomState([aMessage(1), aMessage(2)]), [], ME));
  });
});
