import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { IncomingHook } from "@/protocol/types";
import { hooks } from "@/state/hooks";
import HooksPart from "./HooksPart";

const HOOK: IncomingHook = {
  id: "h1", bot: { id: "b1", username: "build-server-bot", display_name: "Build server", role: "guest", is_bot: true }, prefix: "rth_abc", created_at: "2026-01-02T10:00:00.000Z",
  created_by: "Ada", last_used_at: null,
};

describe("the webhooks of a room", () => {
  it("show the address of a new one once, and forget it when it is deleted", async () => {
    vi.spyOn(hooks, "outgoing").mockResolvedValue({ hooks: [], is_allowed: false });
    vi.spyOn(hooks, "list").mockResolvedValueOnce([]).mockResolvedValueOnce([HOOK]).mockResolvedValue([]);
    vi.spyOn(hooks, "create").mockResolvedValue({ hook: HOOK, address: "https://chat.example.org/api/hooks/rth_abcdef" });
    const remove = vi.spyOn(hooks, "remove").mockResolvedValue();
    render(<HooksPart room="r1" />);
    await userEvent.type(await screen.findByTestId("hook-name"), "Build server");
    await userEvent.click(screen.getByTestId("create-hook"));
    expect((await screen.findByTestId("hook-secret")).textContent).toBe("https://chat.example.org/api/hooks/rth_abcdef");
    await userEvent.click(await screen.findByTestId("remove-hook"));
    expect(remove).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId("remove-hook-sure"));
    await waitFor(() => expect(screen.queryByTestId("hook-item")).toBeNull());
    expect(remove).toHaveBeenCalledExactlyOnceWith("r1", "h1");
    expect(screen.queryByTestId("hook-secret")).toBeNull();
  });
});
