import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Pane } from "./Pane";

const world = { isBroken: true };

function Part() {
  if (world.isBroken) throw new Error("cannot draw this");
  return <p>the members</p>;
}

describe("a part of the page", () => {
  beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));

  it("leaves the others when it cannot be drawn, and comes back when asked", async () => {
    world.isBroken = true;
    render(<><Pane name="The list of members"><Part /></Pane><Pane name="The room"><p>the room</p></Pane></>);
    expect(screen.getByRole("alert").textContent).toContain("The list of members cannot be shown");
    expect(screen.getByText("the room")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(screen.getByRole("alert")).toBeTruthy();
    world.isBroken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(screen.getByText("the members")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
