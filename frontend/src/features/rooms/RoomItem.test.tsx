import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { aRoom } from "@/state/testMessages";
import { RoomItem } from "./RoomItem";

const show = (mentions: number) => render(<ul><RoomItem room={aRoom({ unread: 3, mentions })} isActive={false} onOpen={() => undefined} /></ul>);

describe("a room in the list", () => {
  it("says how many mentions there are without the sign", () => {
    show(1);
    expect(screen.getByRole("link", { name: "general 1 mention" })).toBeTruthy();
    expect(screen.getByTestId("mention-badge").textContent).toContain("@1");
  });

  it("says more than one as more than one", () => {
    show(2);
    expect(screen.getByRole("link", { name: "general 2 mentions" })).toBeTruthy();
  });
});
