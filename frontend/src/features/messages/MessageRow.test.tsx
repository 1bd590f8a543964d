import { render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Message } from "@/protocol/types";
import { roomStore } from "@/state/roomStore";
import { aMessage, anAppState, ME } from "@/state/testMessages";
import type { Row } from "./listItems";
import { MessageRow } from "./MessageRow";

const rowOf = (message: Message): Row => ({ kind: "sent", key: message.id, message, day: null, isFirstNew: false, isContinuation: false });

describe("a message that cannot be drawn", () => {
  beforeEach(() => {
    roomStore.update(() => anAppState());
    vi.spyOn(console, "error").mockImplementation(() => undefined);
  });

  it("shows who said what, and leaves the others alone", () => {
    const impossible = aMessage(2, { reactions: null as unknown as Message["reactions"], content: "the **second**" });
    const { rerender } = render(<>{[aMessage(1), impossible, aMessage(3)].map((message) => <MessageRow key={message.id} row={rowOf(message)} me={ME} isTarget={false} />)}</>);
    const rows = screen.getAllByTestId("message");
    expect(rows.map((row) => row.dataset.seq)).toEqual(["1", "2", "3"]);
    expect(rows[1]?.textContent).toContain("Mira");
    expect(rows[1]?.textContent).toContain("the **second**");
    expect(screen.getByTestId("as-written").textContent).toContain("shown as it was written");
    expect(rows[2]?.textContent).toContain("text 3");

    rerender(<MessageRow key="m2" row={rowOf({ ...impossible, rev: 9, reactions: [] })} me={ME} isTarget={false} />);
    expect(screen.queryByTestId("as-written")).toBeNull();
  });
});
