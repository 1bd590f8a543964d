import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aLoad } from "@/state/testMessages";
import { followLoad } from "./followLoad";

const REQUEST = { action: "load" as const, model: "llama3", backend: "ollama" };
const REFUSED = { error: { code: "too_fast", message: "Wait a moment.", retry_after: 3, field: null, request_id: "" } };
const frame = (changes: Parameters<typeof aLoad>[0]) => `id: l1\ndata: ${JSON.stringify(aLoad(changes))}\n\n`;

/** A server to which there are three ways; each test says what goes through. */
class FakeEvents {
  static readonly all: FakeEvents[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  constructor(readonly address: string) {
    FakeEvents.all.push(this);
  }
  say(changes: Parameters<typeof aLoad>[0]): void {
    this.onmessage?.({ data: JSON.stringify(aLoad(changes)) });
  }
  close(): void {
    this.isClosed = true;
  }
}

const asked: { method: string; path: string; lastEvent: string | null; signal: AbortSignal }[] = [];
let answer: (path: string, method: string) => Response | Promise<Response>;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const stream = (...pieces: string[]) => new Response(new ReadableStream({
  start(controller) {
    for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
    controller.close();
  },
}), { headers: { "Content-Type": "text/event-stream" } });
const listener = { onProgress: vi.fn(), onRefused: vi.fn(), onLost: vi.fn() };
const stages = () => listener.onProgress.mock.calls.map(([progress]) => progress.stage);
const events = () => FakeEvents.all.at(-1)!;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  FakeEvents.all.length = asked.length = 0;
  for (const heard of Object.values(listener)) heard.mockReset();
  vi.stubGlobal("EventSource", FakeEvents);
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ method: init.method ?? "GET", path, lastEvent: new Headers(init.headers).get("Last-Event-ID"), signal: init.signal! });
    return answer(path, init.method ?? "GET");
  });
  answer = () => Promise.reject(new TypeError("network"));
  stop = () => undefined;
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const follow = () => { stop = followLoad(REQUEST, listener); };

describe("following a load", () => {
  it("hears it by server-sent events and closes them at its end", () => {
    follow();
    expect(events().address).toBe("/api/llm/load_stream?model=llama3&backend=ollama");
    events().say({ stage: "loading", pct: 40 });
    expect(events().isClosed).toBe(false);
    events().say({ stage: "complete" });
    expect(stages()).toEqual(["loading", "complete"]);
    expect(events().isClosed).toBe(true);
    expect(asked).toEqual([]);
  });

  it("reads the stream by hand where events do not get through, and says why it was refused", async () => {
    answer = () => json(REFUSED, 429);
    follow();
    events().onerror?.();
    expect(events().isClosed).toBe(true);
    await pass(500);
    expect(listener.onRefused).toHaveBeenCalledOnce();
    expect(listener.onRefused.mock.calls[0]?.[0]).toMatchObject({ code: "too_fast", message: "Wait a moment.", retryAfter: 3 });
    await pass(60_000);
    expect(asked).toHaveLength(1);
  });

  it("goes on where it was after a break, whatever the pieces are cut into", async () => {
    const [first, second] = [frame({ pct: 70 }), frame({ stage: "complete" })];
    answer = () => stream(": keep-alive\n\n", first.slice(0, 20), first.slice(20) + second);
    follow();
    events().say({ pct: 40 });
    events().onerror?.();
    await pass(500);
    expect(asked[0]).toMatchObject({ path: "/api/llm/load_stream?model=llama3&backend=ollama", lastEvent: "l1" });
    expect(stages()).toEqual(["loading", "loading", "complete"]);
  });

  it("asks again and again where no stream gets through", async () => {
    let looks = 0;
    answer = (path, method) => {
      if (path.includes("_stream")) throw new TypeError("network");
      if (method === "POST") return json({ task: aLoad({ stage: "connecting" }) });
      looks += 1;
      return json({ loads: [aLoad({ id: "l0", stage: "failed" }), aLoad({ stage: looks > 1 ? "complete" : "loading" })] });
    };
    follow();
    events().onerror?.();
    await pass(500 + 1_000 + 2_000);
    expect(stages()).toEqual(["connecting", "loading", "complete"]);
    expect(asked.map(({ method, path }) => `${method} ${path.split("?")[0]}`)).toEqual(["GET /api/llm/load_stream", "POST /api/llm/load", "GET /api/llm/loads", "GET /api/llm/loads"]);
  });

  it("begins it by a POST where the server does not let a GET begin anything", async () => {
    answer = (_path, method) => (method === "POST" ? json({ task: aLoad({ stage: "complete" }) }) : json({ error: { ...REFUSED.error, code: "not_allowed" } }, 403));
    follow();
    events().onerror?.();
    await pass(600);
    expect(stages()).toEqual(["complete"]);
    expect(listener.onRefused).not.toHaveBeenCalled();
  });

  it("looks for the end in the list when the stream says that it is over", async () => {
    answer = (path) => (path.includes("_stream") ? new Response(null, { status: 204 }) : json({ loads: [aLoad({ stage: "failed" })] }));
    follow();
    events().say({ pct: 40 });
    events().onerror?.();
    await pass(600);
    expect(stages()).toEqual(["loading", "failed"]);
  });

  it("takes the next way when nothing is heard", async () => {
    answer = () => stream(frame({ stage: "complete" }));
    follow();
    await pass(10_000 + 500);
    expect(events().isClosed).toBe(true);
    expect(stages()).toEqual(["complete"]);
  });

  it("waits longer each time while the server is away, and finds the load again", async () => {
    follow();
    events().say({ pct: 40 });
    events().onerror?.();
    await pass(60_000);
    expect(asked.length).toBeGreaterThanOrEqual(5);
    expect(asked.length).toBeLessThanOrEqual(8);
    answer = () => json({ loads: [aLoad({ stage: "complete" })] });
    await pass(30_000);
    expect(stages()).toEqual(["loading", "complete"]);
    expect(listener.onLost).not.toHaveBeenCalled();
  });

  it("spreads its waits", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    follow();
    events().onerror?.();
    await pass(749);
    expect(asked).toEqual([]);
    await pass(1);
    expect(asked).toHaveLength(1);
  });

  it("says that it is lost when the server knows nothing of it any more", async () => {
    answer = (path) => (path.includes("_stream") ? json({}, 502) : json({ loads: [] }));
    follow();
    events().say({ pct: 40 });
    events().onerror?.();
    await pass(3_000);
    expect(listener.onLost).toHaveBeenCalledOnce();
    expect(listener.onRefused).not.toHaveBeenCalled();
  });

  it("gives up what it cannot even begin", async () => {
    follow();
    events().onerror?.();
    await pass(60_000);
    expect(listener.onRefused).toHaveBeenCalledOnce();
    expect(listener.onRefused.mock.calls[0]?.[0]).toMatchObject({ code: "offline" });
    expect(asked).toHaveLength(4);
  });

  it("leaves nothing open when nobody follows any more", async () => {
    answer = () => new Response(new ReadableStream());
    follow();
    stop();
    expect(events().isClosed).toBe(true);
    follow();
    events().onerror?.();
    await pass(500);
    expect(asked[0]?.signal.aborted).toBe(false);
    stop();
    expect(asked[0]?.signal.aborted).toBe(true);
    await pass(60_000);
    expect(asked).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(listener.onRefused).not.toHaveBeenCalled();
  });

  it("leaves connections to others: the third at once is asked for instead", async () => {
    answer = () => json({ task: aLoad({ stage: "complete" }) });
    const open = [followLoad(REQUEST, listener), followLoad(REQUEST, listener)];
    follow();
    await pass(0);
    expect(FakeEvents.all).toHaveLength(2);
    expect(stages()).toEqual(["complete"]);
    for (const end of open) end();
  });
});

