import { act, render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { drafts } from "@/state/drafts";
import { roomStore } from "@/state/roomStore";
import { anAppState, aRoom } from "@/state/testMessages";
import { RoomItem } from "./RoomItem";

const show = (mentions: number) => render(<ul><RoomItem room={aRoom({ unread: 3, mentions })} isActive={false} onOpen={() => undefined} /></ul>);

function item(changes: Parameters<typeof aRoom>[0]): HTMLElement {
  render(<ul><RoomItem room={aRoom(changes)} isActive={false} onOpen={() => undefined} /></ul>);
  return screen.getAllByRole("link").at(-1) as HTMLElement;
}

describe("a room in the list", () => {
  it("is neither bold nor counted when it is muted, but for mentions", () => {
    const link = item({ unread: 3, is_muted: true });
    expect(link.className).not.toContain("unread");
    expect(screen.queryByTestId("unread-badge")).toBeNull();
    expect(screen.getByRole("img", { name: "muted" })).toBeTruthy();
    expect(item({ id: "r2", unread: 3, mentions: 1, is_muted: true }).className).toContain("unread");
  });

  it("shows that something was begun in it, as soon as that is so", () => {
    roomStore.update(() => anAppState());
    item({});
    expect(screen.queryByTestId("draft-mark")).toBeNull();
    act(() => drafts.write("u1", "r1", "Dear all"));
    expect(screen.getByRole("link", { name: "general draft" })).toBeTruthy();
    act(() => drafts.write("u1", "r1", ""));
    expect(screen.queryByTestId("draft-mark")).toBeNull();
  });

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
