import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connection } from "./connection";
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
});
