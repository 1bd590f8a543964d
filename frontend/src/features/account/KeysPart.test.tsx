import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { KeyInfo } from "@/protocol/types";
import { account } from "@/state/account";
import { KeysPart } from "./KeysPart";
import { SessionsPart } from "./SessionsPart";

const key: KeyInfo = { id: "k1", name: "laptop", prefix: "rt_abc", created_at: "2026-01-02T10:00:00.000Z", expires_at: null, last_used_at: null };

describe("API keys", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("shows a new key once, until it is said to be kept", async () => {
    vi.spyOn(account, "keys").mockResolvedValueOnce([]).mockResolvedValue([key]);
    const create = vi.spyOn(account, "createKey").mockResolvedValue({ ...key, key: "rt_abcdef" });
    render(<KeysPart />);
    await userEvent.click(screen.getByTestId("create-key"));
    expect(screen.getByRole("alert").textContent).toContain("name");
    await userEvent.type(screen.getByTestId("key-name"), " laptop {Enter}");
    expect(create).toHaveBeenCalledExactlyOnceWith("laptop");
    expect((await screen.findByTestId("key-secret")).textContent).toBe("rt_abcdef");
    await userEvent.click(screen.getByTestId("key-done"));
    expect(screen.queryByTestId("key-secret")).toBeNull();
    expect((await screen.findByTestId("key-item")).textContent).toContain("never used");
  });

  it("revokes only after asking", async () => {
    vi.spyOn(account, "keys").mockResolvedValueOnce([key]).mockResolvedValue([]);
    const revoke = vi.spyOn(account, "revokeKey").mockResolvedValue();
    render(<KeysPart />);
    await userEvent.click(await screen.findByTestId("revoke-key"));
    expect(revoke).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId("revoke-key-sure"));
    expect(revoke).toHaveBeenCalledWith("k1");
    expect(await screen.findByText("You have no keys yet.")).toBeTruthy();
  });
});

describe("sign-ins", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("offers to end every one but this, and to ask again after an error", async () => {
    const one = (id: string, current: boolean) => ({ id, current, created_at: key.created_at, last_seen_at: key.created_at, user_agent: "Firefox/130.0" });
    vi.spyOn(account, "sessions").mockRejectedValueOnce(new Error("The server cannot be reached.")).mockResolvedValue([one("s1", true), one("s2", false)]);
    const end = vi.spyOn(account, "endSession").mockResolvedValue();
    render(<SessionsPart />);
    expect((await screen.findByRole("alert")).textContent).toContain("cannot be reached");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.getAllByTestId("session-item")).toHaveLength(2));
    await userEvent.click(screen.getByTestId("end-session"));
    expect(end).toHaveBeenCalledWith("s2");
  });
});
