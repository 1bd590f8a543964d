import { describe, expect, it } from "vitest";
import { type Page, receiveAround, receiveNewer, receiveNewest } from "./historyPages";
import { receiveMessage } from "./roomReducer";
import { aMessage, aRoomState } from "./testMessages";

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => aMessage(from + index));
const page = (from: number, to: number): Page => ({ messages: range(from, to), has_more_before: from > 1, has_more_after: to < 100, heard: 100 });
const seqs = (room: { messages: readonly { seq: number }[] }) => room.messages.map(({ seq }) => seq);
const atEnd = aRoomState(range(91, 100), { hasMoreBefore: true });

describe("pages of the history", () => {
  it("stand instead of what does not touch them, and grow to the end without a hole", () => {
    const away = receiveAround(atEnd, page(11, 20));
    expect([seqs(away)[0], away.messages.length, away.hasMoreBefore, away.hasMoreAfter, away.page]).toEqual([11, 10, true, true, 1]);
    const further = receiveNewer(away, page(21, 95), 20);
    expect([further.messages.length, further.hasMoreAfter]).toEqual([85, true]);
    const whole = receiveNewer(further, page(96, 100), 95);
    expect([seqs(whole).at(-1), whole.hasMoreAfter]).toEqual([100, false]);
  });

  it("are put together with what they touch", () => {
    const joined = receiveAround(atEnd, page(81, 90));
    expect([seqs(joined)[0], seqs(joined).at(-1), joined.hasMoreAfter, joined.page]).toEqual([81, 100, false, 0]);
  });

  it("take no new message, which would follow a hole, but know that there is one", () => {
    const away = receiveAround(atEnd, page(11, 20));
    const next = receiveMessage(away, aMessage(101));
    expect([seqs(next).at(-1), next.cursor?.seq, next.isSynced]).toEqual([20, 101, true]);
    expect(receiveNewer(next, page(21, 100), 20).hasMoreAfter).toBe(true);
  });

  it("end with the last that there is, even if the newest were removed", () => {
    const away = receiveAround(atEnd, page(11, 20));
    expect(receiveNewer(away, { ...page(21, 98), has_more_after: false }, 20).hasMoreAfter).toBe(false);
    expect(receiveNewest(away, { ...page(51, 98), has_more_after: false }).hasMoreAfter).toBe(false);
  });

  it("show a change of what they have", () => {
    const away = receiveAround(atEnd, page(11, 20));
    const next = receiveMessage(away, aMessage(15, { content: "edited", rev: 101 }));
    expect(next.messages.find(({ seq }) => seq === 15)?.content).toBe("edited");
  });

  it("are left for the newest one", () => {
    const back = receiveNewest({ ...receiveAround(atEnd, page(11, 20)), target: { id: "m15", isFound: true } }, page(91, 100));
    expect([seqs(back)[0], back.hasMoreAfter, back.target, back.page]).toEqual([91, false, null, 2]);
  });
});
