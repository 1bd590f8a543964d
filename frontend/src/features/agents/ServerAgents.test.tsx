import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { admin } from "@/state/admin";
import { roomStore } from "@/state/roomStore";
import { anAgent, anAppState } from "@/state/testMessages";
import { ServerAgents } from "./ServerAgents";

const critic = anAgent("critic", { name: "Critic", template: "summarize" });

beforeEach(() => roomStore.update(() => anAppState({ templates: { "": { phase: "ready", list: [], error: null } } })));
afterEach(() => void vi.restoreAllMocks());

it("says what cannot be loaded, and how to begin where there is none", async () => {
  vi.spyOn(admin, "agents").mockRejectedValueOnce(new Error("The server cannot be reached.")).mockResolvedValue([]);
  render(<ServerAgents />);
  expect((await screen.findByRole("alert")).textContent).toContain("cannot be reached");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/There are none yet/)).toBeTruthy();
});

it("keeps what was filled in when that is refused", async () => {
  vi.spyOn(admin, "agents").mockResolvedValue([]);
  const refusal = Object.assign(new Error("@critic is taken. Choose another handle."), { field: "handle" });
  const make = vi.spyOn(admin, "makeAgent").mockRejectedValueOnce(refusal).mockResolvedValue(undefined);
  render(<ServerAgents />);
  await userEvent.click(screen.getByTestId("new-server-agent"));
  fireEvent.change(screen.getByTestId("agent-name"), { target: { value: "Critic" } });
  fireEvent.change(screen.getByTestId("agent-handle"), { target: { value: "@Critic" } });
  await userEvent.click(screen.getByTestId("save-agent"));
  expect(screen.getByRole("alert").textContent).toContain("@critic is taken");
  fireEvent.change(screen.getByTestId("agent-handle"), { target: { value: "sceptic" } });
  await userEvent.click(screen.getByTestId("save-agent"));
  expect(make.mock.calls.map(([fields]) => fields.handle)).toEqual(["critic", "sceptic"]);
  expect(screen.queryByTestId("agent-form")).toBeNull();
});

it("switches one off and on, and deletes it only when asked twice", async () => {
  const agents = vi.spyOn(admin, "agents").mockResolvedValue([critic]);
  const change = vi.spyOn(admin, "changeAgent").mockResolvedValue(undefined);
  const remove = vi.spyOn(admin, "deleteAgent").mockResolvedValue(undefined);
  render(<ServerAgents />);
  await userEvent.click(await screen.findByTestId("agent-menu"));
  agents.mockResolvedValue([{ ...critic, is_on: false }]);
  await userEvent.click(screen.getByTestId("agent-off"));
  expect(await screen.findByText("switched off")).toBeTruthy();
  await userEvent.click(screen.getByTestId("agent-menu"));
  await userEvent.click(screen.getByTestId("agent-on"));
  expect(change.mock.calls).toEqual([["critic", { is_on: false }], ["critic", { is_on: true }]]);
  await userEvent.click(screen.getByTestId("agent-menu"));
  await userEvent.click(screen.getByTestId("agent-delete"));
  expect(remove).not.toHaveBeenCalled();
  await userEvent.click(screen.getByTestId("confirm-submit"));
  expect(remove).toHaveBeenCalledWith("critic");
});
