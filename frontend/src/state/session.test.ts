// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "@/transport/ApiError";
import { roomStore } from "./roomStore";
import { session } from "./session";
import { ME } from "./testMessages";

const me = vi.hoisted(() => vi.fn<() => Promise<unknown>>());
vi.mock("@/transport/http", () => ({ http: { me } }));
vi.mock("@/transport/socket", () => ({ openSocket: () => ({ emit: () => Promise.resolve(), isConnected: () => true, retryNow: () => undefined, close: () => undefined }) }));

const HOUR_MS = 3_600_000;
const away = new ApiError({ code: "offline", message: "The server cannot be reached." });

describe("a page that is opened while the server is away", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    me.mockReset();
    roomStore.update((state) => ({ ...state, session: { phase: "unknown", user: null } }));
  });
  afterEach(() => vi.useRealTimers());

  it("asks for an hour without a storm, and is in soon after the server is back", async () => {
    me.mockRejectedValue(away);
    await session.start();
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect(roomStore.get().session.phase).toBe("unknown");
    expect(roomStore.get().connection.phase).toBe("offline");
    const asked = me.mock.calls.length;
    expect(asked).toBeGreaterThan(HOUR_MS / 12_000 - 1);
    expect(asked).toBeLessThan(HOUR_MS / 4_000 + 4);
    me.mockResolvedValue({ user: ME });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(roomStore.get().session).toEqual({ phase: "signed-in", user: ME });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(me).toHaveBeenCalledTimes(asked + 1);
  });

  it("does not ask at the same moments as the other pages", async () => {
    const momentsOf = async (random: number): Promise<number[]> => {
      const moments: number[] = [];
      const began = Date.now();
      vi.spyOn(Math, "random").mockReturnValue(random);
      me.mockImplementation(() => { moments.push(Date.now() - began); return moments.length > 3 ? Promise.resolve({ user: ME }) : Promise.reject(away); });
      await session.start();
      await vi.advanceTimersByTimeAsync(60_000);
      return moments;
    };
    expect(await momentsOf(0)).toEqual([0, 1_000, 3_000, 7_000]);
    expect(await momentsOf(1)).toEqual([0, 3_000, 9_000, 21_000]);
  });
});
