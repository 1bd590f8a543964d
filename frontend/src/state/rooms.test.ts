// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connection } from "./connection";
import { applyServerEvent } from "./dispatch";
import { rooms } from "./rooms";
import { roomStore } from "./roomStore";
import { aMessage, anAppState, aRoom, aRoomState } from "./testMessages";

const marked = (emit: { mock: { calls: unknown[][] } }) => emit.mock.calls.filter(([event]) => event === "mark_read").map(([, payload]) => payload);

describe("reading rooms", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("marks the next room as read as well when it is opened before the first one was marked", () => {
    const emit = vi.spyOn(connection, "emit").mockResolvedValue({ ok: true });
    const known = { r1: aRoom({ last_seq: 1, unread: 1 }), r2: aRoom({ id: "r2", last_seq: 4, unread: 4 }) };
    roomStore.update(() => anAppState({ rooms: known, isReading: true, activeRoom: "r1", roomStates: { r1: aRoomState([aMessage(1)]) } }));
    vi.advanceTimersByTime(100);
    rooms.open("r2");
    roomStore.update((state) => ({ ...state, roomStates: { ...state.roomStates, r2: aRoomState([aMessage(4, { room: "r2" })]) } }));
    vi.advanceTimersByTime(500);
    expect(marked(emit)).toEqual([{ room: "r2", seq: 4 }]);
    expect(roomStore.get().rooms).toMatchObject({ r1: { unread: 1 }, r2: { unread: 0 } });
  });

  it("leaves a message unread that was marked so, until the room is opened anew", () => {
    const emit = vi.spyOn(connection, "emit").mockResolvedValue({ ok: true });
    const read = aRoom({ last_seq: 3, last_read_seq: 3 });
    roomStore.update(() => anAppState({ rooms: { r1: read, r2: aRoom({ id: "r2" }) }, isReading: true, activeRoom: "r1", roomStates: { r1: aRoomState([aMessage(3)]) } }));
    roomStore.update((state) => applyServerEvent(state, { event: "room_updated", payload: { type: "room_updated", room: { ...read, last_read_seq: 1, unread: 2 } } }, 0));
    expect(roomStore.get().roomStates.r1).toMatchObject({ isHeld: true, newLineAfter: 1 });
    vi.advanceTimersByTime(1_000);
    roomStore.update((state) => applyServerEvent(state, { event: "message", payload: aMessage(4) }, 0));
    vi.advanceTimersByTime(1_000);
    expect(marked(emit)).toEqual([]);
    expect(roomStore.get().rooms.r1).toMatchObject({ unread: 3, last_read_seq: 1 });
    rooms.open("r2");
    rooms.open("r1");
    roomStore.update((state) => ({ ...state, roomStates: { ...state.roomStates, r1: aRoomState([aMessage(4)]) } }));
    vi.advanceTimersByTime(1_000);
    expect(marked(emit)).toEqual([{ room: "r1", seq: 4 }]);
  });

  it("has read a room again once that was done in another tab", () => {
    const held = aRoomState([aMessage(3)], { isHeld: true });
    const before = anAppState({ rooms: { r1: aRoom({ last_seq: 3, last_read_seq: 1, unread: 2 }) }, activeRoom: "r1", roomStates: { r1: held } });
    const after = applyServerEvent(before, { event: "room_updated", payload: { type: "room_updated", room: aRoom({ last_seq: 3, last_read_seq: 3 }) } }, 0);
    expect(after.roomStates.r1?.isHeld).toBe(false);
  });
});
