import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { AdminPerson } from "@/protocol/types";
import { admin } from "@/state/admin";
import { roomStore } from "@/state/roomStore";
import { anAppState, ME } from "@/state/testMessages";
import { PeoplePart } from "./PeoplePart";

const aPerson = (username: string, changes: Partial<AdminPerson> = {}): AdminPerson => ({
  id: username, username, display_name: username.toUpperCase(), role: "member", is_bot: false, owner: null, presence: "offline", created_at: "2026-01-02T10:00:00.000Z",
  last_seen_at: null, deactivated_at: null, sessions: 2, keys: 1, ...changes,
});
const page = (people: AdminPerson[], next: string | null = null) => ({ items: people, next, total: people.length });
const row = (username: string) => screen.getAllByTestId("person-row").find((item) => item.dataset.username === username)!;
const open = async (username: string, act: string) => {
  await userEvent.click(within(row(username)).getByTestId("person-menu"));
  await userEvent.click(await screen.findByTestId(`person-${act}`));
};

describe("the people of a server", () => {
  beforeEach(() => void roomStore.update(() => anAppState()));

  it("are deactivated after asking, and marked then", async () => {
    vi.spyOn(admin, "people").mockResolvedValue(page([aPerson("mira")]));
    const change = vi.spyOn(admin, "changePerson").mockResolvedValue(aPerson("mira", { deactivated_at: "2026-01-03T10:00:00.000Z", sessions: 0 }));
    render(<PeoplePart />);
    await screen.findByTestId("person-row");
    await open("mira", "deactivate");
    expect(change).not.toHaveBeenCalled();
    await userEvent.click(await screen.findByTestId("confirm-submit"));
    expect(change).toHaveBeenCalledExactlyOnceWith("mira", { is_active: false });
    await waitFor(() => expect(row("mira").dataset.gone).toBe("true"));
    expect(screen.queryByTestId("confirm-submit")).toBeNull();
  });

  it("stay as they are when the server refuses, in its words", async () => {
    vi.spyOn(admin, "people").mockResolvedValue(page([aPerson("ada", { role: "admin" })]));
    vi.spyOn(admin, "changePerson").mockRejectedValue(new Error("This is the last admin."));
    render(<PeoplePart />);
    await screen.findByTestId("person-row");
    await open("ada", "member");
    await userEvent.click(await screen.findByTestId("confirm-submit"));
    expect((await screen.findByRole("alert")).textContent).toContain("last admin");
  });

  it("get a password that is shown once", async () => {
    vi.spyOn(admin, "people").mockResolvedValue(page([aPerson("mira")]));
    vi.spyOn(admin, "resetPassword").mockResolvedValue("abc-def");
    render(<PeoplePart />);
    await screen.findByTestId("person-row");
    await open("mira", "password");
    await userEvent.click(await screen.findByTestId("confirm-submit"));
    expect((await screen.findByTestId("password-secret")).textContent).toBe("abc-def");
    await userEvent.click(screen.getByTestId("password-handed"));
    expect(screen.queryByTestId("password-secret")).toBeNull();
    expect(row("mira").textContent).toContain("0 sessions");
  });

  it("offer oneself no way out by accident", async () => {
    vi.spyOn(admin, "people").mockResolvedValue(page([aPerson(ME.id, { role: "admin" })]));
    render(<PeoplePart />);
    await screen.findByTestId("person-row");
    await userEvent.click(screen.getByTestId("person-menu"));
    await screen.findByTestId("person-member");
    expect(screen.queryByTestId("person-deactivate")).toBeNull();
  });

  it("come page by page, and a late answer to an earlier search is dropped", async () => {
    let late: (page: { items: AdminPerson[]; next: null; total: number }) => void = () => undefined;
    vi.spyOn(admin, "people").mockImplementation((search, after) => {
      if (search === "no") return Promise.resolve(page([aPerson("noor")]));
      return after ? new Promise((resolve) => { late = resolve; }) : Promise.resolve({ items: [aPerson("ada")], next: "ada", total: 2 });
    });
    render(<PeoplePart />);
    await userEvent.click(await screen.findByTestId("show-more"));
    await userEvent.type(screen.getByTestId("people-search"), "no");
    await waitFor(() => expect(row("noor")).toBeTruthy());
    late(page([aPerson("mira")]) as { items: AdminPerson[]; next: null; total: number });
    await waitFor(() => expect(screen.getAllByTestId("person-row")).toHaveLength(1));
    expect(row("noor")).toBeTruthy();
  });

  it("can be asked for again after an error", async () => {
    vi.spyOn(admin, "people").mockRejectedValueOnce(new Error("The server cannot be reached.")).mockResolvedValue(page([aPerson("ada")]));
    render(<PeoplePart />);
    await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByTestId("person-row")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
