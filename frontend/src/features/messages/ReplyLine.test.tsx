import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Message, ReplyInfo } from "@/protocol/types";
import { INITIAL_STATE } from "@/state/appState";
import { outgoing } from "@/state/outgoing";
import { roomStore } from "@/state/roomStore";
import { aQueueEntry, aReply, aRoomState, aStatus } from "@/state/testMessages";
import { MessageBody } from "./MessageBody";

function reply(phase: ReplyInfo["phase"], content: string, changes: Partial<ReplyInfo> = {}): Message {
  const message = aReply(1, phase, { content });
  return { ...message, llm: message.llm && { ...message.llm, ...changes } };
}

beforeEach(() => roomStore.update(() => INITIAL_STATE));

describe("Continue", () => {
  it.each([
    ["interrupted", {}], ["stopped", {}], ["failed", {}], ["done", { finish: "length" }],
  ] as const)("goes on with a reply that is %s", (phase, changes) => {
    const asked = vi.spyOn(outgoing, "continueReply").mockResolvedValue(true);
    render(<MessageBody message={reply(phase, "Because it", changes)} />);
    fireEvent.click(screen.getByTestId("continue-reply"));
    expect(asked).toHaveBeenCalledWith("m1");
  });

  it.each([
    ["done", "Because.", { finish: "stop" }], ["interrupted", "", {}], ["failed", "", {}], ["failed", "The old answer.", { finish: "stop" }], ["generating", "Beca", {}],
  ] as const)("is not offered for a reply that is %s with the text %j", (phase, content, changes) => {
    render(<MessageBody message={reply(phase, content, changes)} />);
    expect(screen.queryByTestId("continue-reply")).toBeNull();
  });
});

describe("a reply that was stopped", () => {
  it("says so, and whether its backend was seen to stop", () => {
    const { unmount } = render(<MessageBody message={reply("stopped", "Because it")} />);
    expect(screen.getByText("stopped")).toBeTruthy();
    unmount();
    render(<MessageBody message={reply("stopped", "Because it", { goes_on: true })} />);
    expect(screen.getByText("stopped, but ollama may still be working on it")).toBeTruthy();
  });
});

describe("a run that was stopped", () => {
  it.each([
    [["m2"], "A message that came meanwhile has no answer. Ask again with it"], [["m2", "m3"], "2 messages that came meanwhile have no answer. Ask again with them"],
  ])("says whom it has left unanswered, and asks again with them (%j)", (missed, words) => {
    const asked = vi.spyOn(outgoing, "regenerate").mockResolvedValue(true);
    render(<MessageBody message={reply("stopped", "", { missed })} />);
    expect(screen.getByTestId("missed").textContent).toBe(words);
    fireEvent.click(screen.getByTestId("answer-missed"));
    expect(asked).toHaveBeenCalledWith("m1");
  });

  it("says nothing where nobody was, or while it is asked again", () => {
    const { unmount } = render(<MessageBody message={reply("stopped", "")} />);
    expect(screen.queryByTestId("missed")).toBeNull();
    unmount();
    render(<MessageBody message={reply("queued", "", { missed: ["m2"] })} />);
    expect(screen.queryByTestId("missed")).toBeNull();
  });
});

describe("Stop", () => {
  it.each([[true, "Stopping…"], [false, "Stop"]])("says that it is on its way unless that failed (%s)", async (isHeard, words) => {
    vi.spyOn(outgoing, "stopReply").mockResolvedValue(isHeard);
    render(<MessageBody message={reply("generating", "Beca")} />);
    fireEvent.click(screen.getByTestId("stop-reply"));
    expect(screen.getByTestId("stop-reply").textContent).toBe("Stopping…");
    await act(() => Promise.resolve());
    expect(screen.getByTestId("stop-reply").textContent).toBe(words);
    expect(screen.getByTestId("stop-reply").getAttribute("aria-disabled")).toBe(String(isHeard));
  });
});

describe("a reply that others wait behind", () => {
  it.each([[1, 0, "1 question waits behind this one."], [2, 3, "5 questions wait behind this one."], [0, 0, ""]])("says so while somebody looks at the queue (%s and %s more)", (count, more, words) => {
    const message = reply("loading", "");
    const waiting = Array.from({ length: count }, (_, index) => aQueueEntry({ position: index + 1 }));
    const queues = [{ backend: "ollama", slots: 1, entries: [aQueueEntry({ position: 0, reply: "m1" }), ...waiting], more }];
    roomStore.update((state) => ({ ...state, queues, roomStates: { r1: aRoomState([message]) } }));
    render(<MessageBody message={message} />);
    expect(screen.getByTestId("phase-line").querySelector(".phase-note")?.textContent ?? "").toBe(words);
  });
});

describe("a reply that is continued", () => {
  function show(status: Parameters<typeof aStatus>[0], isContinued: boolean) {
    const message = reply("queued", "Because it", { continued: isContinued });
    const live = { m1: { status: aStatus({ reply_id: "m1", ...status }), at: Date.now(), points: 10 } };
    roomStore.update((state) => ({ ...state, roomStates: { r1: aRoomState([message], { live }) } }));
    render(<MessageBody message={message} />);
    return screen.getByTestId("phase-line");
  }

  it("says what the model does until more text comes", () => {
    const line = show({ phase: "queued", queue_position: 1, estimated_time: 12 }, true);
    expect(line.dataset.phase).toBe("queued");
    expect(line.textContent).toContain("waiting, 1 ahead · starts in about 12 s");
    expect(screen.getByTestId("message-content").textContent).toContain("Because it");
  });

  it("is being written as soon as it grows", () => {
    expect(show({ phase: "generating" }, true).dataset.phase).toBe("generating");
  });

  it("needs no such care where the text is new", () => {
    expect(show({ phase: "prompt" }, false).dataset.phase).toBe("generating");
  });
});
