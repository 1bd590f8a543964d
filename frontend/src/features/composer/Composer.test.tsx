import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { drafts } from "@/state/drafts";
import { DEFAULT_GENERATION, generation } from "@/state/generation";
import { messageActions } from "@/state/messageActions";
import { roomStore } from "@/state/roomStore";
import { aMessage, anAppState, aRoom, aRoomState, aTemplate } from "@/state/testMessages";
import { Composer } from "./Composer";

const field = () => screen.getByTestId<HTMLTextAreaElement>("composer");
const show = () => render(<Composer roomId="r1" roomName="#general" hint="Message #general" userId="u1" />);
const sent = () => roomStore.get().outbox.map((item) => item.content);
const model = { id: "embedded/smollm2:135m", name: "smollm2:135m", handle: "smollm2:135m", backend: "embedded", backend_kind: "embedded", loaded: true, size_bytes: null, context_length: null, expires_at: null, capabilities: [], load_ms_estimate: null, load_ms_range: null };
const mira = { id: "u2", username: "mira", display_name: "Mira Okafor", role: "member" as const, last_read_seq: 0, presence: "online" as const, deactivated: false, is_bot: false };

describe("composer", () => {
  beforeEach(() => roomStore.update(() => anAppState({ models: [model], templates: { r1: { phase: "ready", list: [], error: null } }, roomStates: { r1: aRoomState([], { members: [mira] }) } })));

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
    expect(screen.getAllByTestId("trigger-option")).toHaveLength(2);
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
    const mine = { author: { id: "u1", kind: "person" as const, handle: "ada", name: "Ada", deactivated: false } };
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
    expect(screen.getByTestId("cooldown").textContent).toBe("Ready in 8 s");
    await userEvent.type(field(), "{Enter}");
    expect(sent()).toEqual([]);
    expect(field().value).toBe("next");
    act(() => roomStore.update((state) => ({ ...state, cooldown: { r1: Date.now() - 1 } })));
    await userEvent.type(field(), "{Enter}");
    expect(sent()).toEqual(["next"]);
  });

  it("does not send more than the server takes", () => {
    roomStore.update((state) => ({ ...state, server: { ...state.server, max_message_chars: 10 } }));
    show();
    fireEvent.change(field(), { target: { value: "👋".repeat(10) } });
    expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(false);
    expect(screen.getByTestId("char-count").textContent).toBe("0 left");
    fireEvent.change(field(), { target: { value: "x".repeat(11) } });
    expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(true);
    expect(screen.getByTestId("char-count").textContent).toBe("1 too many");
  });

  it("opens the list again at a place where it was closed and left", async () => {
    show();
    await userEvent.type(field(), "@{Escape}");
    expect(screen.queryByTestId("trigger-list")).toBeNull();
    await userEvent.type(field(), "{Backspace}@");
    expect(screen.getByTestId("trigger-list").dataset.sign).toBe("@");
  });

  it("mentions rooms that one may see, one's own first", async () => {
    const rooms = { r1: aRoom(), r2: aRoom({ id: "r2", slug: "ops-guild", name: "Ops guild", is_member: false }), r3: aRoom({ id: "r3", slug: "ops", name: "ops" }), d: aRoom({ id: "d", slug: "ops-direct", kind: "direct" }) };
    roomStore.update((state) => ({ ...state, rooms }));
    show();
    await userEvent.type(field(), "see #ops");
    expect(screen.getAllByTestId("trigger-option").map((option) => option.querySelector("b")?.textContent)).toEqual(["#ops", "#ops-guild"]);
    await userEvent.type(field(), "{ArrowDown}{Tab}");
    expect(field().value).toBe("see #ops-guild ");
  });

  it("finds emoji by name, and puts one in place of a name that is closed", async () => {
    show();
    await userEvent.type(field(), "nice :tad");
    await screen.findByTestId("trigger-list");
    await userEvent.type(field(), "{Enter}");
    expect(field().value).toBe("nice 🎉 ");
    await userEvent.type(field(), ":+1:");
    expect(field().value).toBe("nice 🎉 👍");
    await userEvent.type(field(), " at 10:30: `:tada:` :nosuch:");
    expect(field().value).toBe("nice 🎉 👍 at 10:30: `:tada:` :nosuch:");
  });

  it("puts a message into a template, with what was filled in", async () => {
    const language = { name: "language", label: "Into", type: "text" as const, required: true, default: "", choices: [] };
    const translate = aTemplate({ id: "translate", title: "Translate", placeholder: "The text", variables: [language] });
    roomStore.update((state) => ({ ...state, templates: { r1: { phase: "ready" as const, list: [translate], error: null } } }));
    const { unmount } = show();
    await userEvent.type(field(), "/tran{Tab}");
    expect([field().value, field().placeholder]).toEqual(["", "The text"]);
    await userEvent.type(field(), "Good day{Enter}");
    expect(sent()).toEqual([]);
    expect(document.activeElement).toBe(screen.getByTestId("template-field"));
    await userEvent.type(screen.getByTestId("template-field"), "German{Enter}");
    expect(document.activeElement).toBe(field());
    unmount();
    show();
    await userEvent.type(field(), "{Enter}");
    expect(roomStore.get().outbox[0]).toMatchObject({ content: "Good day", template: { use: { id: "translate" }, variables: { language: "German" } } });
    expect(screen.queryByTestId("template-form")).toBeNull();
  });

  it("runs a command, and sends what only looks like one", async () => {
    const ran: string[] = [];
    render(<Composer roomId="r1" roomName="#general" hint="" userId="u1" commands={[{ name: "invite", note: "Bring somebody", run: () => ran.push("invite") }]} />);
    await userEvent.type(field(), "/inv{Enter}");
    expect([ran, field().value, sent()]).toEqual([["invite"], "", []]);
    await userEvent.type(field(), "/etc/hosts{Enter}");
    expect(sent()).toEqual(["/etc/hosts"]);
  });

  it("sends the chosen model and options, but not past a model that is named", async () => {
    generation.write("u1", "r1", { model: model.handle, options: { temperature: 0.2 } });
    show();
    expect(screen.getByTestId("generation").getAttribute("aria-label")).toBe("Model and settings: smollm2 · temperature 0.2");
    await userEvent.type(field(), "why?{Enter}");
    await userEvent.type(field(), "@smollm2 why?{Enter}");
    await userEvent.type(field(), "`@smollm2` why?{Enter}");
    expect(roomStore.get().outbox.map(({ model: asked, options }) => [asked, options])).toEqual([
      ["smollm2:135m", { temperature: 0.2 }], [null, { temperature: 0.2 }], ["smollm2:135m", { temperature: 0.2 }],
    ]);
    act(() => generation.write("u1", "r1", DEFAULT_GENERATION));
    await userEvent.type(field(), "again{Enter}");
    expect(roomStore.get().outbox.at(-1)).toMatchObject({ model: null, options: null });
  });

  it("puts files into the message as code and keeps them for a reload", async () => {
    const { unmount } = show();
    await userEvent.upload(screen.getByTestId("file-input"), [new File(["x = 1\n"], "a.py"), new File([new Uint8Array([0xff])], "a.png")]);
    expect((await screen.findAllByTestId("file-chip")).map((chip) => chip.textContent)).toEqual(["a.pypython · 6 characters"]);
    unmount();
    show();
    await userEvent.type(field(), "what is it?{Enter}");
    expect(sent()).toEqual(["what is it?\n\n`a.py`\n```python\nx = 1\n```"]);
    expect(screen.queryByTestId("file-chip")).toBeNull();
  });

  it("leaves pasted text as it is and takes pasted files", async () => {
    show();
    const clipboardData = { files: [new File(["a,b"], "t.csv")], types: ["Files"] };
    expect(fireEvent.paste(field(), { clipboardData: { ...clipboardData, types: ["text/plain", "Files"] } })).toBe(true);
    expect(fireEvent.paste(field(), { clipboardData })).toBe(false);
    expect(await screen.findAllByTestId("file-chip")).toHaveLength(1);
  });
});
