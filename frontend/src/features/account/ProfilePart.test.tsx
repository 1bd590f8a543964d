import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { account } from "@/state/account";
import { roomStore } from "@/state/roomStore";
import { signIns } from "@/state/signIns";
import { anAppState } from "@/state/testMessages";
import { ProfilePart } from "./ProfilePart";

async function fill(current: string, next: string) {
  await userEvent.type(await screen.findByTestId("current-password"), current);
  await userEvent.type(screen.getByTestId("new-password"), `${next}{Enter}`);
}

describe("one's own name and password", () => {
  beforeEach(() => {
    roomStore.update(() => anAppState());
    vi.spyOn(signIns, "ways").mockResolvedValue({ passwords: true, provider: null });
    vi.spyOn(signIns, "identities").mockResolvedValue({ identities: [], has_password: true });
  });

  it("saves another name, and asks for one where there is none", async () => {
    const change = vi.spyOn(account, "changeName").mockResolvedValue();
    render(<ProfilePart />);
    await userEvent.clear(screen.getByTestId("profile-name"));
    await userEvent.click(screen.getByTestId("profile-save"));
    expect(screen.getByRole("alert").textContent).toContain("Write a name");
    await userEvent.type(screen.getByTestId("profile-name"), " Countess {Enter}");
    expect(change).toHaveBeenCalledExactlyOnceWith("Countess");
  });

  it("says how many sign-ins another password has ended, and that keys stay", async () => {
    vi.spyOn(account, "changePassword").mockResolvedValue(2);
    render(<ProfilePart />);
    await fill("old password", "new password");
    const done = await screen.findByTestId("password-done");
    expect(done.textContent).toContain("2 other sign-ins were ended; your API keys go on working");
    expect((screen.getByTestId("new-password") as HTMLInputElement).value).toBe("");
  });

  it("asks whoever has no password for none, and unlinks nothing that the server keeps", async () => {
    const linked = { issuer: "https://id.example.org", created_at: "2026-01-02T10:00:00.000Z", last_used_at: "2026-01-02T10:00:00.000Z" };
    vi.spyOn(signIns, "ways").mockResolvedValue({ passwords: true, provider: { name: "Example ID", path: "/start" } });
    vi.spyOn(signIns, "identities").mockResolvedValue({ identities: [linked], has_password: false });
    const unlink = vi.spyOn(signIns, "unlink").mockRejectedValue(new Error("Nothing else opens your account."));
    render(<ProfilePart />);
    await userEvent.click(await screen.findByTestId("unlink"));
    expect(unlink).toHaveBeenCalledExactlyOnceWith();
    expect(screen.getByTestId("link-part").textContent).toContain("Opens this account");
    expect(screen.queryByTestId("password-form")).toBeNull();
  });

  it("shows at the field what is wrong, and keeps what was typed", async () => {
    const change = vi.spyOn(account, "changePassword").mockRejectedValue(Object.assign(new Error("This is not your current password."), { field: "current_password" }));
    render(<ProfilePart />);
    await fill("old password", "short");
    expect(screen.getByRole("alert").textContent).toContain("8 characters");
    expect(change).not.toHaveBeenCalled();
    await userEvent.type(screen.getByTestId("new-password"), " but longer{Enter}");
    expect((await screen.findByText("This is not your current password.")).getAttribute("role")).toBe("alert");
    expect((screen.getByTestId("current-password") as HTMLInputElement).value).toBe("old password");
  });
});
