import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { aMessage, aReply } from "@/state/testMessages";
import { MessageBody } from "./MessageBody";

describe("MessageBody", () => {
  it("says that a message was deleted, and of a reply nothing else", () => {
    render(<MessageBody message={aReply(1, "failed", { deleted_at: "2026-01-02T11:00:00.000Z" })} />);
    expect(screen.getByTestId("message-deleted").textContent).toBe("This message was deleted.");
    expect(screen.queryByTestId("reply-problem")).toBeNull();
  });

  it("shows how many reacted with what", () => {
    render(<MessageBody message={aMessage(1, { reactions: [{ emoji: "👍", users: ["u1", "u2"] }, { emoji: ":ship_it:", users: ["u1"] }] })} />);
    expect(screen.getByTestId("reactions").textContent).toBe("👍 2:ship_it: 1");
  });

  it("says that a message was edited", () => {
    render(<MessageBody message={aMessage(1, { edited_at: "2026-01-02T11:00:00.000Z" })} />);
    expect(screen.getByText("(edited)").title).not.toBe("");
    expect(screen.getByText("text 1")).toBeTruthy();
  });
});
