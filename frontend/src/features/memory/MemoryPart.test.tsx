import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { memory } from "@/state/memory";
import { roomStore } from "@/state/roomStore";
import { aMemory, anAppState } from "@/state/testMessages";
import MemoryPart from "./MemoryPart";

async function open(changes: Parameters<typeof aMemory>[0] = {}) {
  vi.spyOn(memory, "show").mockResolvedValue(aMemory(changes));
  const shown = render(<MemoryPart room="r1" />);
  await screen.findByTestId("memory-part");
  return shown;
}

async function type(words: string) {
  await userEvent.click(screen.getByTestId("memory-edit"));
  fireEvent.change(screen.getByTestId("memory-text"), { target: { value: words } });
}

const typed = () => screen.getByTestId<HTMLTextAreaElement>("memory-text").value;

beforeEach(() => {
  roomStore.update(() => anAppState());
  vi.spyOn(memory, "now").mockResolvedValue(null);
});
afterEach(() => { vi.restoreAllMocks(); localStorage.clear(); });

it("keeps what was typed when the panel is closed, until it is saved", async () => {
  const { unmount } = await open();
  await type("Oak.");
  unmount();
  const again = await open();
  expect(screen.getByTestId("memory-note").textContent).toBe("Elm.");
  await userEvent.click(screen.getByTestId("open-unsaved"));
  expect(typed()).toBe("Oak.");
  const edit = vi.spyOn(memory, "edit").mockResolvedValue(aMemory({ kept: "Oak.", made: "", version: 3 }));
  await userEvent.click(screen.getByTestId("memory-save"));
  expect(edit).toHaveBeenCalledWith(expect.objectContaining({ version: 2 }), "Oak.");
  again.unmount();
  await open({ kept: "Oak.", made: "", version: 3 });
  expect(screen.queryByTestId("open-unsaved")).toBeNull();
});

it("forgets it when it is given up, before or after it was opened again", async () => {
  let { unmount } = await open();
  await type("Oak.");
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(screen.queryByTestId("open-unsaved")).toBeNull();
  await type("Ash.");
  unmount();
  ({ unmount } = await open());
  await userEvent.click(screen.getByTestId("forget-unsaved"));
  await userEvent.click(screen.getByTestId("memory-edit"));
  expect(typed()).toBe("Elm.");
  unmount();
});

it("says that the note has changed since, and saves over what one was told of", async () => {
  const { unmount } = await open();
  await type("Oak.");
  unmount();
  await open({ made: "Beech.", version: 5 });
  expect(screen.getByText(/It has changed since/)).toBeTruthy();
  await userEvent.click(screen.getByTestId("open-unsaved"));
  const edit = vi.spyOn(memory, "edit").mockRejectedValue(new Error("Somebody has changed the note meanwhile."));
  await userEvent.click(screen.getByTestId("memory-save"));
  expect(edit).toHaveBeenCalledWith(expect.objectContaining({ version: 5 }), "Oak.");
  expect(screen.getByText("Somebody has changed the note meanwhile.")).toBeTruthy();
  expect(typed()).toBe("Oak.");
});
