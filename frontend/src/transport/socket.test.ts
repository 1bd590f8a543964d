import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSocket, type Socket } from "./socket";

/** A manager and a socket that only remember what they are told. */
const fake = vi.hoisted(() => {
  const heard = new Map<string, (value: unknown) => void>();
  const pace = { delay: 0, max: 0 };
  const io = { reconnectionDelay: (ms: number) => { pace.delay = ms; }, reconnectionDelayMax: (ms: number) => { pace.max = ms; } };
  const socket = { io, connected: false, on: (event: string, run: (value: unknown) => void) => heard.set(event, run), onAny: () => undefined, connect: vi.fn(), disconnect: () => undefined, removeAllListeners: () => undefined };
  return { heard, pace, socket, hear: (event: string, value?: unknown) => heard.get(event)?.(value) };
});
vi.mock("socket.io-client", () => ({ io: () => fake.socket }));

const restarting = (seconds: number) => fake.hear("server_restarting", { type: "server_restarting", retry_after: seconds });

describe("coming back after a restart", () => {
  let socket: Socket;
  const onEvent = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    fake.socket.connect.mockReset();
    socket = openSocket({ onEvent, onConnect: () => undefined, onDisconnect: () => undefined, onRefused: () => undefined });
    fake.hear("connect");
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("waits as long as the server asks, spread around it, and is as quick as usual afterwards", () => {
    expect(fake.pace).toEqual({ delay: 500, max: 8_000 });
    restarting(20);
    expect(fake.pace).toEqual({ delay: 20_000, max: 30_000 });
    expect(onEvent).toHaveBeenCalledOnce();
    fake.hear("connect");
    expect(fake.pace).toEqual({ delay: 500, max: 8_000 });
  });

  it.each([[0, 3_000], [0.5, 6_000], [1, 9_000]])("does so as well when the server closes the socket (random %d)", (random, ms) => {
    vi.spyOn(Math, "random").mockReturnValue(random);
    restarting(6);
    fake.hear("disconnect", "io server disconnect");
    vi.advanceTimersByTime(ms - 1);
    expect(fake.socket.connect).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fake.socket.connect).toHaveBeenCalledOnce();
  });

  it("stays away once it was closed here", () => {
    fake.hear("disconnect", "io server disconnect");
    socket.close();
    vi.advanceTimersByTime(60_000);
    expect(fake.socket.connect).not.toHaveBeenCalled();
  });
});
