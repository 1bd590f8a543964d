import { describe, expect, it, vi } from "vitest";
import { unhurried } from "./unhurried";

const busy = (ms: number): void => { for (const until = performance.now() + ms; performance.now() < until;); };

describe("work that nobody has to wait for", () => {
  it("is done at once while there is time, and then in turns", async () => {
    const done: number[] = [];
    for (let number = 0; number < 12; number++) unhurried(() => { busy(8); done.push(number); });
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(done.length).toBeLessThanOrEqual(4);
    await vi.waitFor(() => expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
  });

  it("is not done once it was called off", async () => {
    const done: string[] = [];
    for (let number = 0; number < 4; number++) unhurried(() => busy(40));
    unhurried(() => done.push("off"))();
    unhurried(() => done.push("on"));
    await vi.waitFor(() => expect(done).toEqual(["on"]));
  });
});
