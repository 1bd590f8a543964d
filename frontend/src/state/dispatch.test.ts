import { describe, expect, it } from "vitest";
import type { ModelProgress } from "@/protocol/types";
import type { ServerEvent } from "@/transport/socket";
import type { AppState } from "./appState";
import { applyServerEvent } from "./dispatch";
import { aDeletion, aLoad, aMessage, anAppState, aRoom, aRoomState, aSetup, aTemplate, ME } from "./testMessages";

const mine = { author: { id: ME.id, kind: "person" as const, handle: "ada", name: "Ada", deactivated: false } };
const pending = { clientId: "c9", room: "r1", content: "hi", createdAt: "2026-01-02T10:00:00.000Z", state: "sending" as const };

describe("server events", () => {
  it("counts unread and mentions of rooms that are not being read", () => {
    const state = applyServerEvent(anAppState(), { event: "message", payload: aMessage(1, { content: "hello @ada!" }) }, 0);
    expect(state.rooms.r1).toMatchObject({ unread: 1, mentions: 1, last_seq: 1 });
    const other = applyServerEvent(state, { event: "message", payload: aMessage(2, { content: "@adam is someone else" }) }, 0);
    expect(other.rooms.r1).toMatchObject({ unread: 2, mentions: 1 });
  });

  it("asks for templates again after they were changed, and shows those that it knew until then", () => {
    const known = { phase: "ready" as const, list: [aTemplate()], error: null };
    const state = anAppState({ templates: { "": known, r1: known, r2: known } });
    const phases = (changed: AppState) => Object.values(changed.templates).map(({ phase, list }) => [phase, list.length]);
    const after = (room: string | null) => applyServerEvent(state, { event: "templates_changed", payload: { type: "templates_changed", room } }, 0);
    expect(phases(after("r1"))).toEqual([["ready", 1], ["unknown", 1], ["ready", 1]]);
    expect(phases(after(null))).toEqual([["unknown", 1], ["unknown", 1], ["unknown", 1]]);
    expect(phases(applyServerEvent(state, { event: "setup", payload: aSetup() }, 0))).toEqual([["unknown", 1], ["unknown", 1], ["unknown", 1]]);
  });

  it("counts nothing twice and nothing that is read or mine", () => {
    const reading = anAppState({ activeRoom: "r1", isReading: true });
    expect(applyServerEvent(reading, { event: "message", payload: aMessage(1) }, 0).rooms.r1?.unread).toBe(0);
    expect(applyServerEvent(anAppState(), { event: "message", payload: aMessage(1, mine) }, 0).rooms.r1?.unread).toBe(0);
    const once = applyServerEvent(anAppState(), { event: "message", payload: aMessage(1) }, 0);
    expect(applyServerEvent(once, { event: "message", payload: aMessage(1) }, 0).rooms.r1?.unread).toBe(1);
  });

  it("sets the counts to nothing with a message of mine, from wherever it was sent", () => {
    const unread = anAppState({ rooms: { r1: aRoom({ last_seq: 4, unread: 3, mentions: 1, last_read_seq: 1 }) } });
    const next = applyServerEvent(unread, { event: "message", payload: aMessage(5, mine) }, 0);
    expect(next.rooms.r1).toMatchObject({ last_seq: 5, unread: 0, mentions: 0, last_read_seq: 5 });
  });

  it("counts one less when an unread message is deleted, and no less when a read one is", () => {
    const state = anAppState({ rooms: { r1: aRoom({ last_seq: 3, unread: 2, last_read_seq: 1 }) } });
    const gone = (seq: number) => ({ event: "message_deleted" as const, payload: aDeletion(seq, 4) });
    expect(applyServerEvent(state, gone(2), 0).rooms.r1?.unread).toBe(1);
    expect(applyServerEvent(state, gone(1), 0).rooms.r1?.unread).toBe(2);
  });

  it("takes a message of mine out of the outbox by its client_id, before the ack", () => {
    const state = anAppState({ outbox: [pending], roomStates: { r1: aRoomState([]) } });
    const next = applyServerEvent(state, { event: "message", payload: aMessage(1, { ...mine, client_id: "c9" }) }, 0);
    expect(next.outbox).toEqual([]);
    expect(next.roomStates.r1?.messages).toHaveLength(1);
  });

  it("does not confuse somebody else's client_id with mine", () => {
    const state = anAppState({ outbox: [pending], roomStates: { r1: aRoomState([]) } });
    expect(applyServerEvent(state, { event: "message", payload: aMessage(1, { client_id: "c9" }) }, 0).outbox).toEqual([pending]);
  });

  it("says after a lost connection how many messages were missed", () => {
    const before = anAppState({ rooms: { r1: aRoom({ last_seq: 3 }), r2: aRoom({ id: "r2", last_seq: 10 }) }, connection: { phase: "offline", caughtUp: null } });
    const rooms = [aRoom({ last_seq: 8 }), aRoom({ id: "r2", last_seq: 12 })];
    expect(applyServerEvent(before, { event: "setup", payload: aSetup({ rooms }) }, 0).connection).toEqual({ phase: "online", caughtUp: 7 });
  });

  it("takes over what the server greets it with again, and says nothing of being back when it was not away", () => {
    const state = anAppState({ isSetUp: true, rooms: { r1: aRoom({ last_seq: 3 }) }, connection: { phase: "online", caughtUp: null } });
    const next = applyServerEvent(state, { event: "setup", payload: aSetup({ rooms: [aRoom({ last_seq: 8, unread: 5 })] }) }, 0);
    expect(next.connection).toEqual({ phase: "online", caughtUp: null });
    expect(next.rooms.r1).toMatchObject({ last_seq: 8, unread: 5 });
  });

  it("says nothing about missed messages on the first connect", () => {
    expect(applyServerEvent(anAppState({ isSetUp: false }), { event: "setup", payload: aSetup() }, 0).connection.caughtUp).toBeNull();
  });

  it("draws the line of new messages where reading stopped", () => {
    const away = anAppState({ activeRoom: "r1", isReading: false, rooms: { r1: aRoom({ last_seq: 1 }) }, roomStates: { r1: aRoomState([aMessage(1)]) } });
    const one = applyServerEvent(away, { event: "message", payload: aMessage(2) }, 0);
    const two = applyServerEvent(one, { event: "message", payload: aMessage(3) }, 0);
    expect(two.roomStates.r1?.newLineAfter).toBe(1);
  });

  it("lets a typing sign expire and end with the message", () => {
    const user = { ...ME, id: "u2", display_name: "Mira" };
    const typing = applyServerEvent(anAppState(), { event: "typing", payload: { type: "typing", room: "r1", user, is_typing: true } }, 1000);
    expect(typing.roomStates.r1?.typing.u2).toEqual({ name: "Mira", until: 6000 });
    expect(applyServerEvent(typing, { event: "message", payload: aMessage(1) }, 1100).roomStates.r1?.typing).toEqual({});
  });

  it("knows of the last load of each model, and how it ended", () => {
    const hear = (state: AppState, changes: Partial<ModelProgress>) => applyServerEvent(state, { event: "model_progress", payload: aLoad(changes) }, 0);
    const loading = hear(anAppState(), { pct: 40 });
    expect(loading.loads["ollama/llama3"]?.pct).toBe(40);
    expect(hear(loading, { stage: "complete" }).loads["ollama/llama3"]?.stage).toBe("complete");
    expect(hear(hear(loading, { stage: "failed" }), { id: "l2" }).loads["ollama/llama3"]).toMatchObject({ id: "l2", stage: "loading" });
  });

  it("does not show me my own typing", () => {
    const state = anAppState();
    expect(applyServerEvent(state, { event: "typing", payload: { type: "typing", room: "r1", user: ME, is_typing: true } }, 0)).toBe(state);
  });

  it("logs an event it does not know and goes on", () => {
    const state = anAppState();
    expect(applyServerEvent(state, { event: "new_thing", payload: {} } as unknown as ServerEvent, 0)).toBe(state);
  });

  it("keeps a public room that I left, and no other", () => {
    const left = (kind: "public" | "private") => applyServerEvent(
      anAppState({ activeRoom: "r1", rooms: { r1: aRoom({ kind }) } }), { event: "room_updated", payload: { type: "room_updated", room: aRoom({ kind, is_member: false }) } }, 0,
    );
    expect(left("public").rooms.r1?.is_member).toBe(false);
    expect(left("private")).toMatchObject({ rooms: {}, activeRoom: null });
  });

  it("closes a room when I am no longer in it", () => {
    const state = anAppState({ activeRoom: "r1", rooms: { r1: aRoom({ kind: "private" }) } });
    const next = applyServerEvent(state, { event: "member_left", payload: { type: "member_left", room: "r1", user: ME.id } }, 0);
    expect(next.rooms).toEqual({});
    expect(next.activeRoom).toBeNull();
  });
});
