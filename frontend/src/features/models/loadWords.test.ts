import { describe, expect, it } from "vitest";
import { aLoad } from "@/state/testMessages";
import { loadWords } from "./loadWords";

describe("what a card says of a load", () => {
  it("marks our estimate, with its range", () => {
    expect(loadWords(aLoad({ pct: 38, estimated: true, eta_seconds: 12.4, eta_range: { low: 11, high: 16 } }))).toEqual({
      title: "Loading into memory", detail: "about 12 s left (11–16 s)", progress: 0.38, isEstimate: true, note: "Estimate from earlier loads",
    });
  });

  it("says when it takes longer than usual", () => {
    const words = loadWords(aLoad({ pct: 97, estimated: true, eta_seconds: 0, eta_range: { low: 0, high: 0 } }));
    expect(words.detail).toBe("longer than usual");
    expect(words.note).toMatch(/wait, or cancel/);
  });

  it("gives the backend's own figures as they are", () => {
    expect(loadWords(aLoad({ pct: 62.4, eta_seconds: 4 }))).toMatchObject({ detail: "62 % · 4 s left", progress: 0.624, isEstimate: false, note: "" });
  });

  it("has no bar while nobody knows how far it is", () => {
    expect(loadWords(aLoad({ stage: "initializing" }))).toMatchObject({ title: "Warming up", detail: "", progress: null });
  });

  it("counts the bytes of a download, in one unit where both have the same", () => {
    const load = aLoad({ action: "pull", stage: "downloading", pct: 44.7, bytes_done: 2.1e9, bytes_total: 4.7e9, bytes_per_second: 38e6, eta_seconds: 68 });
    expect(loadWords(load)).toMatchObject({ title: "Downloading", detail: "45 % · 2.1 of 4.7 GB · 38 MB/s · 68 s left" });
    expect(loadWords({ ...load, bytes_done: 12e6 }).detail).toContain("12 MB of 4.7 GB");
    expect(loadWords({ ...load, stage: "finalizing" })).toMatchObject({ title: "Checking its files", detail: "" });
  });
});
