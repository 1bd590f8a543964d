import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Tabs } from "./Tabs";

it("goes from tab to tab by arrow keys, around the ends, and shows one part", async () => {
  render(<Tabs label="Parts" tabs={[{ id: "a", label: "A", content: "first" }, { id: "b", label: "B", content: "second" }]} />);
  await userEvent.tab();
  await userEvent.keyboard("{ArrowLeft}");
  expect(document.activeElement?.textContent).toBe("B");
  expect(screen.getByRole("tabpanel", { name: "B" }).textContent).toBe("second");
  await userEvent.keyboard("{ArrowRight}");
  expect(screen.getByRole("tab", { name: "A" }).getAttribute("aria-selected")).toBe("true");
  expect(screen.queryByText("second")).toBeNull();
});
