import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { aMessage, aReply, ME } from "@/state/testMessages";
import type { Message } from "@/protocol/types";
import { MessageRow } from "./MessageRow";

const MINE = { id: ME.id, kind: "person", handle: ME.username, name: ME.display_name, deactivated: false } as const;
const show = (message: Message) =>
  render(<MessageRow me={ME} isTarget={false} row={{ kind: "sent", key: message.id, message, day: null, isFirstNew: false, isContinuation: false }} />);

describe("the mark on a message", () => {
  it.each([["delivered", "Delivered"], ["read", "Read"]] as const)("says that an own message is %s", (status, words) => {
    show(aMessage(1, { author: MINE, status }));
    const mark = screen.getByTestId("message-status");
    expect(mark.dataset.status).toBe(status);
    expect(mark.textContent).toBe(words);
  });

  it("stands on no message of somebody else, of a model, or without a text", () => {
    show(aMessage(1, { status: "read" }));
    show(aReply(2, "done"));
    show(aMessage(3, { author: MINE, deleted_at: "2026-01-02T10:00:00.000Z" }));
    expect(screen.queryByTestId("message-status")).toBeNull();
  });
});
