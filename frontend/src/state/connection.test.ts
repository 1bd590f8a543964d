// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "@/transport/ApiError";
import type * as Transport from "@/transport/socket";
import { connection, joinRoom } from "./connection";
import { roomStore } from "./roomStore";
import { aMessage, anAppState, aRoom } from "./testMessages";

const emit = vi.hoisted(() => vi.fn<(event: string, payload: unknown) => Promise<unknown>>());
const retryNow = vi.hoisted(() => vi.fn());
vi.mock("@/transport/socket", (): Partial<typeof Transport> => ({
  openSocket: () => ({ emit, isConnected: () => true, retryNow, close: () => undefined }),
}));

const late = new ApiError({ code: "timeout", message: "The server did not answer in time." });
const answer = { ok: true, room: aRoom({ last_seq: 1 }), members: [], member_count: 0, agents: [], seq: 1, rev: 1, messages: [aMessage(1)], has_gap: false, active_replies: [] };

describe("opening a room", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    emit.mockReset();
    connection.open(() => undefined);
    roomStore.update(() => anAppState({ activeRoom: "r1" }));
  });
  afterEach(() => {
    connection.close();
    vi.useRealTimers();
  });

  it("is tried again when the answer does not come in time", async () => {
    emit.mockRejectedValueOnce(late).mockRejectedValueOnce(late).mockResolvedValueOnce(answer);
    await joinRoom("r1");
    expect(roomStore.get().roomStates.r1?.isSynced ?? false).toBe(false);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(emit).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(roomStore.get().roomStates.r1).toMatchObject({ isSynced: true, cursor: { seq: 1 } });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(emit).toHaveBeenCalledTimes(3);
  });

  it("is not tried again once another room is open", async () => {
    emit.mockRejectedValueOnce(late);
    await joinRoom("r1");
    roomStore.update((state) => ({ ...state, activeRoom: null }));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(emit).toHaveBeenCalledTimes(1);
  });
});

describe("a network that comes back", () => {
  it("is used at once, until the connection is closed for good", () => {
    connection.open(() => undefined);
    window.dispatchEvent(new Event("online"));
    expect(retryNow).toHaveBeenCalledOnce();
    connection.close();
    window.dispatchEvent(new Event("online"));
    expect(retryNow).toHaveBeenCalledOnce();
  });
});
