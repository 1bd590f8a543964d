import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { messageActions } from "@/state/messageActions";
import { roomStore } from "@/state/roomStore";
import { aMessage, anAppState, aRoomState } from "@/state/testMessages";
import { MessageBody } from "./MessageBody";

const mine = aMessage(1, { content: "the tset", author: { id: "u1", kind: "person", handle: "ada", name: "Ada", deactivated: false } });
const field = () => screen.getByTestId<HTMLTextAreaElement>("edit-input");

describe("editing in place", () => {
  beforeEach(() => {
    roomStore.update(() => anAppState({ roomStates: { r1: aRoomState([mine], { editing: "m1" }) } }));
    render(<MessageBody message={mine} />);
  });

  it("saves with Enter and is over then", async () => {
    const edit = vi.spyOn(messageActions, "edit").mockResolvedValue();
    await userEvent.clear(field());
    await userEvent.type(field(), "the test{Enter}");
    expect(edit).toHaveBeenCalledWith(mine, "the test");
    await vi.waitFor(() => expect(screen.queryByTestId("edit-field")).toBeNull());
  });

  it("leaves the text as it was with Esc, or when nothing was changed", async () => {
    const edit = vi.spyOn(messageActions, "edit").mockResolvedValue();
    await userEvent.type(field(), " no{Escape}");
    expect(screen.getByTestId("message-content").textContent).toBe("the tset");
    expect(edit).not.toHaveBeenCalled();
  });

  it("keeps what was typed and says why when it is refused", async () => {
    vi.spyOn(messageActions, "edit").mockRejectedValue(new Error("The server cannot be reached."));
    await userEvent.type(field(), "!{Enter}");
    expect((await screen.findByTestId("edit-error")).textContent).toBe("The server cannot be reached.");
    expect(field().value).toBe("the tset!");
    expect(screen.getByTestId<HTMLButtonElement>("edit-save").disabled).toBe(false);
  });
});
