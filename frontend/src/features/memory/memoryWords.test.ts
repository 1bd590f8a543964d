import { expect, it } from "vitest";
import type { ReplyContext } from "@/protocol/types";
import { aMemory } from "@/state/testMessages";
import { emptyWords, madeWords, nowWords, textOf } from "./memoryWords";

const NOW = Date.parse("2026-01-02T10:00:00.000Z");
const aContext = (changes: Partial<ReplyContext>): ReplyContext => ({
  message: null, at: "", system: "", system_chars: 0, note: null, passages: [], recalled_chars: 0, messages: [], begun_chars: 0, told_chars: 0, left_out: 0, noted: 0,
  left_out_because: "too many", chars: 50, budget_chars: 100, context_tokens: 4096, is_context_assumed: false, estimated_tokens: 1, options: {}, ...changes,
});

it("says who wrote it and how far it goes", () => {
  expect(madeWords(aMemory(), NOW)).toEqual(["Written by llama3 1 hour ago.", "It tells of messages 1 to 1,200 of this room."]);
  const edited = aMemory({ kept: "Oak.", edited_by: "Ada", edited_at: "2026-01-02T08:00:00.000Z" });
  expect(madeWords(edited, NOW).slice(0, 2)).toEqual(["Edited 2 hours ago by Ada.", "Gone on with by llama3 1 hour ago."]);
  expect(textOf(edited)).toBe("Oak.\n\nElm.");
});

it("says why there is none", () => {
  expect(emptyWords(aMemory())).toContain("more messages than it can read at once");
  expect(emptyWords(aMemory({ is_on: false }))).toContain("while this is off");
});

it("says what would be read now, and what would not", () => {
  expect(nowWords(null)).toContain("nobody has written here");
  expect(nowWords(aContext({}))).toBe("all messages: 50 % of what it can read.");
  const note = { version: 1, chars: 40, from_seq: 1, up_to_seq: 9, changed: false };
  expect(nowWords(aContext({ note, left_out: 12, noted: 9 }))).toBe("40 characters of this note and the newest 0 messages: 50 % of what it can read. 12 older ones are left out; the note tells of 9.");
});
