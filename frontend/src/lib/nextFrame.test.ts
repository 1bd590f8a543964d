// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextFrame, TYPING_MS } from "./nextFrame";

const FRAME_MS = 16;
let drawn: string[] = [];
const draw = (what: string) => () => { drawn.push(what); };
const press = (key = "a") => dispatchEvent(new KeyboardEvent("keydown", { key }));

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(TYPING_MS);
  drawn = [];
});
afterEach(() => vi.useRealTimers());

describe("nextFrame", () => {
  it("draws with the next frame while nobody types", () => {
    nextFrame(draw("text"));
    vi.advanceTimersByTime(FRAME_MS);
    expect(drawn).toEqual(["text"]);
  });

  it("does not wait for a key that makes no text", () => {
    press("Enter");
    nextFrame(draw("text"));
    vi.advanceTimersByTime(2 * FRAME_MS);
    expect(drawn).toEqual(["text"]);
  });

  it("does not mind a key without a name", () => {
    dispatchEvent(new Event("keydown"));
    nextFrame(draw("text"));
    vi.advanceTimersByTime(2 * FRAME_MS);
    expect(drawn).toEqual(["text"]);
  });

  it("draws nothing before the next key, and at once after its frame", () => {
    press();
    vi.advanceTimersByTime(2 * FRAME_MS);
    nextFrame(draw("text"));
    vi.advanceTimersByTime(4 * FRAME_MS);
    press();
    requestAnimationFrame(draw("key"));
    vi.advanceTimersByTime(3 * FRAME_MS);
    expect(drawn).toEqual(["key", "text"]);
  });

  it("waits no longer than a typist would", () => {
    press();
    nextFrame(draw("text"));
    vi.advanceTimersByTime(TYPING_MS + FRAME_MS);
    expect(drawn).toEqual(["text"]);
  });

  it("is not drawn in between because an earlier one had waited", () => {
    press();
    nextFrame(draw("first"));
    vi.advanceTimersByTime(TYPING_MS / 2);
    press();
    vi.advanceTimersByTime(3 * FRAME_MS);
    nextFrame(draw("second"));
    vi.advanceTimersByTime(TYPING_MS / 2);
    expect(drawn).toEqual(["first"]);
    vi.advanceTimersByTime(TYPING_MS);
    expect(drawn).toEqual(["first", "second"]);
  });

  it("draws each once, whatever releases it", () => {
    press();
    vi.advanceTimersByTime(2 * FRAME_MS);
    nextFrame(draw("text"));
    press();
    vi.advanceTimersByTime(2 * TYPING_MS);
    expect(drawn).toEqual(["text"]);
  });
});
