import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { history } from "@/state/history";
import { roomStore } from "@/state/roomStore";
import { aMessage, anAppState } from "@/state/testMessages";
import { PinList } from "./PinList";

it("reads the pins again when that failed and is asked for", async () => {
  roomStore.update(() => anAppState());
  vi.spyOn(history, "pins").mockRejectedValueOnce(new Error("The server cannot be reached.")).mockResolvedValue([aMessage(1)]);
  render(<PinList roomId="r1" onGone={() => undefined} />);
  expect((await screen.findByRole("alert")).textContent).toContain("cannot be reached");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect((await screen.findByTestId("pin")).textContent).toContain("text 1");
  expect(screen.queryByRole("alert")).toBeNull();
});
