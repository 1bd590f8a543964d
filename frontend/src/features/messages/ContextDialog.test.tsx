import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { ReplyContext, SeenMessage } from "@/protocol/types";
import { history } from "@/state/history";
import { aMessage, aReply } from "@/state/testMessages";
import ContextDialog from "./ContextDialog";
import { leftOutWords, noteWords, readWords } from "./contextWords";

const aSeen = (seq: number, changes: Partial<SeenMessage> = {}): SeenMessage => {
  const { id, author, content } = aMessage(seq);
  return { id, seq, author, content, chars: 12, deleted: false, changed: false, ...changes };
};

const aContext = (changes: Partial<ReplyContext> = {}): ReplyContext => ({
  message: "m3", at: "2026-01-02T10:00:00.000Z", system: "You are llama3.", system_chars: 15, messages: [aSeen(1), aSeen(2)], begun_chars: 0, told_chars: 0, left_out: 0,
  noted: 0, note: null, passages: [], recalled_chars: 0,
  left_out_because: "too long", chars: 39, budget_chars: 10_752, context_tokens: 4096, is_context_assumed: true, estimated_tokens: 11, options: {}, ...changes,
});

const message = aReply(3, "done", { content: "Because." });
const reply = message.llm!;

async function show(context: ReplyContext | null): Promise<{ onClose: () => void }> {
  vi.spyOn(history, "context").mockResolvedValue(context);
  const onClose = vi.fn();
  render(<ContextDialog message={message} reply={reply} onClose={onClose} />);
  await screen.findByTestId(context ? "context-read" : "no-context");
  return { onClose };
}

it("shows every message that was read, and leads to it", async () => {
  const showMessage = vi.spyOn(history, "showMessage").mockResolvedValue();
  const { onClose } = await show(aContext({ messages: [aSeen(1, { deleted: true, content: "" }), aSeen(2, { changed: true })] }));
  const [deleted, changed] = screen.getAllByTestId("context-message");
  expect(deleted?.textContent).toContain("This message was deleted afterwards.");
  expect(changed?.textContent).toContain("12 characters, about 3 tokens · edited since");
  fireEvent.click(changed!.querySelector("button")!);
  expect(onClose).toHaveBeenCalledOnce();
  expect(showMessage).toHaveBeenCalledExactlyOnceWith("r1", "m2");
});

it("says when a part of the instructions is gone, and when nothing was read yet", async () => {
  await show(aContext({ system_chars: 40 }));
  expect(screen.getByTestId("context-system").textContent).toContain("went when that was deleted");
  await show(null);
  expect(screen.getByTestId("no-context")).toBeTruthy();
});

it("says why it has nothing to show", async () => {
  vi.spyOn(history, "context").mockRejectedValue(new Error("There is no such message."));
  render(<ContextDialog message={message} reply={reply} onClose={() => undefined} />);
  expect((await screen.findByRole("alert")).textContent).toBe("There is no such message.");
});

it("tells what was counted from what we think, and why something was left out", () => {
  expect(readWords(aContext(), reply)).toBe("2 messages and the instructions above them: 39 characters, about 11 tokens by our estimate.");
  expect(readWords(aContext({ messages: [aSeen(1)] }), { ...reply, usage: { prompt_tokens: 1312, completion_tokens: 2 } })).toBe("1 message and the instructions above them: 39 characters, 1,312 tokens, counted by ollama.");
  expect(leftOutWords(aContext())).toBe("");
  expect(leftOutWords(aContext({ left_out: 1 }))).toBe("1 earlier message was left out: there was no room for more.");
  expect(leftOutWords(aContext({ left_out: 1000, left_out_because: "too many" }))).toBe("1,000 or more earlier messages were left out: a model is given the newest 50.");
});

it("tells of the note and of what it covers", async () => {
  const note = { version: 3, chars: 13, from_seq: 1, up_to_seq: 40, changed: true };
  await show(aContext({ note, left_out: 20, noted: 18, passages: [aSeen(7)] }));
  expect(screen.getByTestId("context-note").textContent).toBe("The room’s note (version 3, of messages 1 to 40): 13 characters, about 4 tokens. It has changed since.");
  expect(screen.getByTestId("context-passages").textContent).toContain("12 characters");
  expect(leftOutWords(aContext({ left_out: 20, noted: 18 }))).toContain("The room’s note tells of 18 of them.");
  expect(leftOutWords(aContext({ left_out: 20, noted: 20 }))).toContain("The room’s note tells of them.");
  expect(noteWords(aContext())).toBe("");
});
