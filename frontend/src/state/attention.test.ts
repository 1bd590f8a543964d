// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attention } from "./attention";
import { connection } from "./connection";

const MINUTES = 60_000;

describe("attention", () => {
  let told: string[] = [];
  let setUp: () => void = () => undefined;

  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    vi.spyOn(connection, "emit").mockImplementation((_event, payload) => {
      told.push((payload as { status: string }).status);
      return Promise.resolve({ ok: true });
    });
    vi.spyOn(connection, "onSetUp").mockImplementation((run) => { setUp = run; });
    attention.start();
  });
  afterEach(() => {
    attention.stop();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("is gone after ten minutes without input, and back with the next", () => {
    vi.advanceTimersByTime(10 * MINUTES - 1);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(["away"]);
    vi.advanceTimersByTime(60 * MINUTES);
    window.dispatchEvent(new Event("pointermove"));
    window.dispatchEvent(new Event("keydown"));
    expect(told).toEqual(["away", "online"]);
    vi.advanceTimersByTime(10 * MINUTES);
    expect(told).toEqual(["away", "online", "away"]);
  });

  it("lasts as long as there is input", () => {
    for (let minute = 0; minute < 60; minute += 1) {
      vi.advanceTimersByTime(MINUTES);
      window.dispatchEvent(new Event("keydown"));
    }
    expect(told).toEqual([]);
  });

  it("is back when the page is shown again", () => {
    vi.advanceTimersByTime(10 * MINUTES);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(told).toEqual(["away", "online"]);
  });

  it("is told again to a new socket, which would be online by itself", () => {
    setUp();
    expect(told).toEqual([]);
    vi.advanceTimersByTime(10 * MINUTES);
    setUp();
    expect(told).toEqual(["away", "away"]);
  });

  it("says nothing more after signing out", () => {
    attention.stop();
    vi.advanceTimersByTime(60 * MINUTES);
    window.dispatchEvent(new Event("keydown"));
    expect(told).toEqual([]);
  });
});
