import { describe, expect, it } from "vitest";
import { ApiError } from "@/transport/ApiError";
import type { OutboxItem } from "./outbox";
import { createOutboxSender } from "./outboxSender";
import { aMessage } from "./testMessages";

type Outcome = "ok" | ApiError;

/** A server that answers as told and an outbox that remembers what happened. */
class Desk {
  items: OutboxItem[];
  isOnline = true;
  posted: string[] = [];
  failed: [string, string][] = [];
  timers: { run: () => void; ms: number }[] = [];
  outcomes: Outcome[];
  sender = createOutboxSender({
    items: () => this.items,
    isConnected: () => this.isOnline,
    post: async (item) => {
      this.posted.push(item.clientId);
      await Promise.resolve();
      const outcome = this.outcomes.shift() ?? "ok";
      if (outcome !== "ok") throw outcome;
      return { message: aMessage(this.posted.length, { client_id: item.clientId }), notice: null };
    },
    onSent: ({ clientId }) => { this.items = this.items.filter((item) => item.clientId !== clientId); },
    onFailed: ({ clientId }, error) => {
      this.failed.push([clientId, error.code]);
      this.items = this.items.map((item) => (item.clientId === clientId ? { ...item, state: "failed", error } : item));
    },
    later: (run, ms) => { this.timers.push({ run, ms }); },
  });

  constructor(ids: string[], outcomes: Outcome[] = []) {
    this.items = ids.map((clientId) => ({ clientId, room: clientId.split("-")[0] ?? "r1", content: "x", createdAt: "", state: "sending" as const }));
    this.outcomes = outcomes;
  }

  async run(): Promise<this> {
    this.sender.kick();
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    return this;
  }
}

const error = (code: string, retryAfter: number | null = null) => new ApiError({ code, message: code, retry_after: retryAfter });

describe("sending the outbox", () => {
  it("sends in order within a room, one after the other", async () => {
    const desk = await new Desk(["a-1", "a-2", "a-3"]).run();
    expect(desk.posted).toEqual(["a-1", "a-2", "a-3"]);
    expect(desk.items).toEqual([]);
  });

  it("does not send twice when it is called twice", async () => {
    const desk = new Desk(["a-1"]);
    desk.sender.kick();
    await desk.run();
    expect(desk.posted).toEqual(["a-1"]);
  });

  it("keeps everything while there is no connection and sends it afterwards under the same id", async () => {
    const desk = new Desk(["a-1", "a-2"], [error("offline")]);
    await desk.run();
    expect(desk.items.map(({ state }) => state)).toEqual(["sending", "sending"]);
    await desk.run();
    expect(desk.posted).toEqual(["a-1", "a-1", "a-2"]);
  });

  it("tries again by itself, later each time, when only HTTP was away", async () => {
    const desk = await new Desk(["a-1"], [error("offline"), error("offline"), error("offline")]).run();
    await desk.run(); // a kick meanwhile starts no second timer
    expect(desk.timers.map(({ ms }) => ms)).toEqual([2000]);
    desk.timers[0]?.run();
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    expect(desk.timers.map(({ ms }) => ms)).toEqual([2000, 4000]);
    desk.timers[1]?.run();
    await desk.run();
    expect(desk.items).toEqual([]);
  });

  it("does not try without a connection", async () => {
    const desk = new Desk(["a-1"]);
    desk.isOnline = false;
    expect((await desk.run()).posted).toEqual([]);
  });

  it("repeats after a missing answer and gives up after the third", async () => {
    const desk = await new Desk(["a-1"], [error("timeout"), error("timeout"), error("timeout")]).run();
    expect(desk.posted).toEqual(["a-1", "a-1", "a-1"]);
    expect(desk.failed).toEqual([["a-1", "timeout"]]);
  });

  it("marks what the server refuses as failed and goes on with the next", async () => {
    const desk = await new Desk(["a-1", "a-2"], [error("too_large")]).run();
    expect(desk.failed).toEqual([["a-1", "too_large"]]);
    expect(desk.posted).toEqual(["a-1", "a-2"]);
  });

  it("lets the rest wait as long as the server asks when it was too fast", async () => {
    const desk = await new Desk(["a-1", "a-2"], [error("too_fast", 8)]).run();
    expect(desk.posted).toEqual(["a-1"]);
    expect(desk.timers[0]?.ms).toBe(8000);
    desk.timers[0]?.run();
    await desk.run();
    expect(desk.posted).toEqual(["a-1", "a-2"]);
  });

  it("does not let one room hold up another", async () => {
    const desk = await new Desk(["a-1", "b-1"], [error("too_fast", 60)]).run();
    expect(desk.posted).toContain("b-1");
    expect(desk.items.map(({ clientId }) => clientId)).toEqual(["a-1"]);
  });
});
