import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { BackendInfo } from "@/protocol/types";
import { modelActions } from "@/state/modelActions";
import { roomStore } from "@/state/roomStore";
import { anAppState, ME } from "@/state/testMessages";
import { DownloadModel } from "./DownloadModel";

const ollama: BackendInfo = { name: "ollama", kind: "ollama", url: "", reachable: true, error: null, abilities: ["load", "pull"] };

beforeEach(() => roomStore.update(() => anAppState({ session: { phase: "signed-in", user: { ...ME, role: "admin" as const } } })));

async function openForm(): Promise<HTMLElement> {
  render(<DownloadModel backend={ollama} />);
  fireEvent.click(screen.getByTestId("download-model"));
  return screen.findByTestId("download-name");
}

it("begins a download and goes away; what it does is seen on its card", async () => {
  const pull = vi.spyOn(modelActions, "pull").mockResolvedValue();
  fireEvent.change(await openForm(), { target: { value: " gemma3:4b " } });
  fireEvent.submit(screen.getByTestId("download-form"));
  await waitFor(() => expect(screen.queryByTestId("download-form")).toBeNull());
  expect(pull).toHaveBeenCalledExactlyOnceWith("gemma3:4b", "ollama");
});

it("stays with the reason when it is refused, and wants a name", async () => {
  const pull = vi.spyOn(modelActions, "pull").mockRejectedValue(new Error("Models come from their backend's own library."));
  const name = await openForm();
  fireEvent.submit(screen.getByTestId("download-form"));
  expect((await screen.findByRole("alert")).textContent).toBe("Enter the name of the model.");
  expect(pull).not.toHaveBeenCalled();
  fireEvent.change(name, { target: { value: "evil.example/x/y" } });
  fireEvent.submit(screen.getByTestId("download-form"));
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("backend's own library"));
});

it("is not there for a member", () => {
  roomStore.update(() => anAppState());
  render(<DownloadModel backend={ollama} />);
  expect(screen.queryByTestId("download-model")).toBeNull();
});
