// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";
import { connection } from "./connection";
import { roomStore } from "./roomStore";
import { anAppState, aQueueEntry } from "./testMessages";

const setUps: (() => void)[] = [];
vi.spyOn(connection, "onSetUp").mockImplementation((run) => void setUps.push(run));
const { watchQueue } = await import("./queueWatch");

const queues = [{ backend: "ollama", slots: 1, entries: [aQueueEntry()], more: 0 }];
const asked = () => vi.mocked(connection.emit).mock.calls.map(([event, payload]) => [event, (payload as { is_on: boolean }).is_on]);

beforeEach(() => {
  roomStore.update(() => anAppState());
  vi.spyOn(connection, "emit").mockResolvedValue({ ok: true, queues });
});

it("asks once for all who look, again on a new socket, and not to be told when the last has gone", async () => {
  const [first, second] = [watchQueue(), watchQueue()];
  await vi.waitFor(() => expect(roomStore.get().queues).toEqual(queues));
  setUps.forEach((run) => run());
  first();
  expect(asked()).toEqual([["watch_queue", true], ["watch_queue", true]]);
  second();
  setUps.forEach((run) => run());
  expect(asked().slice(2)).toEqual([["watch_queue", false]]);
  expect(roomStore.get().queues).toEqual([]);
});

it("takes no answer that comes after the look", async () => {
  watchQueue()();
  await Promise.resolve();
  await Promise.resolve();
  expect(roomStore.get().queues).toEqual([]);
});
