import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { onNotice } from "@/lib/notify";
import type { Member } from "@/protocol/types";
import { connection } from "@/state/connection";
import { roomStore } from "@/state/roomStore";
import { aMessage, anAppState, aRoomState } from "@/state/testMessages";
import { useAppState } from "@/state/useAppState";
import { Reactions } from "./Reactions";
import { whoReacted } from "./reactionWords";

const member = (id: string, name: string): Member => ({ id, username: name.toLowerCase(), display_name: name, role: "member", last_read_seq: 0, presence: "online", deactivated: false, is_bot: false });
const members = [member("u1", "Ada"), member("u2", "Mira"), member("u3", "Jonas")];

function Shown() {
  const message = useAppState((state) => state.roomStates.r1?.messages[0]);
  return message ? <Reactions message={message} /> : null;
}

const button = () => screen.getByTestId("reaction");

describe("reactions", () => {
  beforeEach(() => {
    const messages = [aMessage(1, { reactions: [{ emoji: "👍", users: ["u2"] }] })];
    roomStore.update(() => anAppState({ roomStates: { r1: aRoomState(messages, { members }) } }));
  });

  it("shows the own one at once, before the server has answered", async () => {
    const emit = vi.spyOn(connection, "emit").mockReturnValue(new Promise(() => undefined));
    render(<Shown />);
    await userEvent.click(button());
    expect(emit).toHaveBeenCalledWith("react", { message: "m1", emoji: "👍", is_on: true });
    expect(button().getAttribute("aria-pressed")).toBe("true");
    expect(button().getAttribute("aria-label")).toBe("👍 2: You and Mira");
  });

  it("takes it back and says so when it does not get through", async () => {
    const notices: string[] = [];
    const stop = onNotice(({ text }) => notices.push(text));
    vi.spyOn(connection, "emit").mockRejectedValue(new Error("no answer"));
    render(<Shown />);
    await userEvent.click(button());
    await vi.waitFor(() => expect(button().getAttribute("aria-pressed")).toBe("false"));
    expect(button().getAttribute("aria-label")).toBe("👍 1: Mira");
    expect(notices).toEqual(["Your reaction was not saved. Try again when the connection is back."]);
    stop();
  });

  it("names who reacted, the own name first, and counts whom it cannot name", () => {
    expect(whoReacted({ emoji: "👍", users: ["u3", "u1", "u2"] }, "u1", members)).toBe("You, Jonas and Mira");
    expect(whoReacted({ emoji: "👍", users: ["u2", "x", "y"] }, "u1", members)).toBe("Mira and 2 others");
    expect(whoReacted({ emoji: "👍", users: ["x"] }, "u1", members)).toBe("1 person");
  });
});
