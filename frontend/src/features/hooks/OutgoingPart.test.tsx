import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { OutgoingHook } from "@/protocol/types";
import { hooks } from "@/state/hooks";
import { OutgoingPart } from "./OutgoingPart";

const HOOK: OutgoingHook = {
  id: "h1", name: "Archive", url: "https://archive.example.org/", messages: true, replies: true, created_at: "2026-01-02T10:00:00.000Z", created_by: "Ada",
  last_delivered_at: null, failing_since: null, disabled_at: null, last_error: null, waiting: 0,
};

describe("the addresses that a room posts to", () => {
  it("say that one was switched off and why, and switch it on again", async () => {
    const off = { ...HOOK, disabled_at: "2026-01-03T10:00:00.000Z", last_error: "it answered 500" };
    vi.spyOn(hooks, "outgoing").mockResolvedValueOnce({ hooks: [off], is_allowed: true }).mockResolvedValue({ hooks: [HOOK], is_allowed: true });
    const enable = vi.spyOn(hooks, "enableOutgoing").mockResolvedValue();
    render(<OutgoingPart room="r1" />);
    expect((await screen.findByTestId("outgoing-item")).textContent).toContain("it answered 500");
    await userEvent.click(screen.getByTestId("enable-outgoing"));
    expect(enable).toHaveBeenCalledExactlyOnceWith("r1", "h1");
    await waitFor(() => expect(screen.queryByTestId("enable-outgoing")).toBeNull());
  });

  it("are none where the server allows none", async () => {
    vi.spyOn(hooks, "outgoing").mockResolvedValue({ hooks: [], is_allowed: false });
    render(<OutgoingPart room="r1" />);
    expect(await screen.findByText(/WEBHOOK_HOSTS/)).toBeTruthy();
    expect(screen.queryByTestId("create-outgoing")).toBeNull();
  });
});
