import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { drafts } from "@/state/drafts";
import { messageActions } from "@/state/messageActions";
import { roomStore } from "@/state/roomStore";
import { aMessage, anAppState, aRoomState } from "@/state/testMessages";
import { Composer } from "./Composer";

const field = () => screen.getByTestId<HTMLTextAreaElement>("composer");
const show = () => render(<Composer roomId="r1" roomName="#general" hint="Message #general" userId="u1" />);
const sent = () => roomStore.get().outbox.map((item) => item.content);
const model = { id: "embedded/smollm2:135m", name: "smollm2:135m", handle: "smollm2:135m", backend: "embedded", backend_kind: "embedded", loaded: true, size_bytes: null, context_length: null, expires_at: null, capabilities: [], load_ms_estimate: null, load_ms_range: null };
const mira = { id: "u2", username: "mira", display_name: "Mira Okafor", role: "member" as const, last_read_seq: 0, presence: "online" as const };

describe("composer", () => {
  beforeEach(() => roomStore.update(() => anAppState({ models: [model], roomStates: { r1: aRoomState([], { members: [mira] }) } })));

  it("puts a sent text into the outbox at once, empties itself and keeps the focus", async () => {
    show();
    await userEvent.type(field(), "hello{Enter}");
    expect(sent()).toEqual(["hello"]);
    expect(field().value).toBe("");
    expect(document.activeElement).toBe(field());
  });

  it("sends nothing that is empty", async () => {
    show();
    await userEvent.type(field(), "   {Enter}");
    expect(sent()).toEqual([]);
  });

  it("does not send while an input method is composing", () => {
    show();
    fireEvent.change(field(), { target: { value: "に" } });
    fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 });
    expect(sent()).toEqual([]);
    fireEvent.keyDown(field(), { key: "Enter", keyCode: 13 });
    expect(sent()).toEqual(["に"]);
  });

  it("keeps a draft for each room", async () => {
    const { unmount } = show();
    await userEvent.type(field(), "half a thou");
    unmount();
    expect(drafts.read("u1", "r1")).toBe("half a thou");
    show();
    expect(field().value).toBe("half a thou");
    await userEvent.type(field(), "{Enter}");
    expect(drafts.read("u1", "r1")).toBe("");
  });

  it("mentions models and people by keyboard", async () => {
    show();
    await userEvent.type(field(), "@");
    expect(screen.getAllByTestId("mention-option")).toHaveLength(2);
    await userEvent.type(field(), "ok{Enter}");
    expect(field().value).toBe("@mira ");
    await userEvent.type(field(), "and @smo{Tab}");
    expect(field().value).toBe("@mira and @smollm2 ");
    expect(sent()).toEqual([]);
  });

  it("closes the list with Escape and then sends", async () => {
    show();
    await userEvent.type(field(), "@mi{Escape}{Enter}");
    expect(sent()).toEqual(["@mi"]);
  });

  it("sends what it replies to along, and Esc replies to nothing", async () => {
    show();
    act(() => messageActions.startReply(aMessage(7)));
    expect(screen.getByTestId("reply-bar").textContent).toContain("text 7");
    await userEvent.type(field(), "{Escape}");
    expect(screen.queryByTestId("reply-bar")).toBeNull();
    act(() => messageActions.startReply(aMessage(7)));
    await userEvent.type(field(), "yes{Enter}and{Enter}");
    expect(roomStore.get().outbox.map(({ quote }) => quote?.id)).toEqual(["m7", undefined]);
  });

  it("edits the last own message with the arrow key, but only from an empty field", async () => {
    const mine = { author: { id: "u1", kind: "person" as const, handle: "ada", name: "Ada" } };
    roomStore.update((state) => ({ ...state, roomStates: { r1: aRoomState([aMessage(1, mine), aMessage(2, { ...mine, deleted_at: "2026-01-02T11:00:00.000Z" }), aMessage(3)]) } }));
    show();
    await userEvent.type(field(), "x{ArrowUp}");
    expect(roomStore.get().roomStates.r1?.editing).toBeNull();
    await userEvent.clear(field());
    await userEvent.type(field(), "{ArrowUp}");
    expect(roomStore.get().roomStates.r1?.editing).toBe("m1");
    act(() => { field().blur(); messageActions.endEdit("r1"); });
    expect(document.activeElement).toBe(field());
  });

  it("counts down and keeps the text when one was too fast", async () => {
    show();
    await userEvent.type(field(), "next");
    act(() => roomStore.update((state) => ({ ...state, cooldown: { r1: Date.now() + 8000 } })));
    expect(screen.getByTestId("cooldown").textContent).toBe("Too fast. Ready in 8 s");
    await userEvent.type(field(), "{Enter}");
    expect(sent()).toEqual([]);
    expect(field().value).toBe("next");
  });

  it("does not send more than the server takes", () => {
    roomStore.update((state) => ({ ...state, server: { ...state.server, max_message_chars: 10 } }));
    show();
    fireEvent.change(field(), { target: { value: "👋".repeat(10) } });
    expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(false);
    fireEvent.change(field(), { target: { value: "x".repeat(11) } });
    expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(true);
    expect(screen.getByTestId("char-count").textContent).toBe("11 / 10");
  });
});
