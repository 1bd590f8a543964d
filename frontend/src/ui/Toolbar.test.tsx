import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { Toolbar } from "./Toolbar";

const show = () => render(
  <>
    <button type="button">before</button>
    <Toolbar label="Actions" className="">
      <button type="button">one</button><button type="button" disabled>never</button><button type="button">two</button><button type="button">three</button>
    </Toolbar>
    <button type="button">after</button>
  </>,
);
const focused = () => document.activeElement?.textContent;

async function press(...keys: string[]): Promise<(string | null | undefined)[]> {
  const stops = [];
  for (const key of keys) {
    await userEvent.keyboard(`{${key}}`);
    stops.push(focused());
  }
  return stops;
}

describe("toolbar", () => {
  it("is one stop for Tab, and the arrow keys go around in it", async () => {
    show();
    await userEvent.tab();
    await userEvent.tab();
    expect(focused()).toBe("one");
    expect(await press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Home", "End")).toEqual(["two", "three", "one", "three", "one", "three"]);
    await userEvent.tab();
    expect(focused()).toBe("after");
  });

  it("is come back to where it was left", async () => {
    show();
    screen.getByText("one").focus();
    await press("ArrowRight");
    await userEvent.tab({ shift: true });
    expect(focused()).toBe("before");
    await userEvent.tab();
    expect(focused()).toBe("two");
  });
});
