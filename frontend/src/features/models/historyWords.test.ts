import { describe, expect, it } from "vitest";
import type { ModelHistory } from "@/protocol/types";
import { loadsWords, speedsWords } from "./historyWords";

const aHistory = (changes: Partial<ModelHistory>): ModelHistory => ({ id: "ollama/llama3", loads: [], speeds: [], ...changes });
const aLoadSeen = (load_ms: number, is_cold = true) => ({ at: "2026-01-02T10:00:00.000Z", load_ms, is_cold });

describe("the charts of a model, in words", () => {
  it("say between what the loads lay, and how many came from the disk where not all did", () => {
    expect(loadsWords(aHistory({ loads: [aLoadSeen(9_100), aLoadSeen(15_000)] }))).toBe("Loads in 9.1–15 s, last 2");
    expect(loadsWords(aHistory({ loads: [aLoadSeen(2_000, false), aLoadSeen(15_000)] }))).toBe("Loads in 2–15 s, last 2, 1 from disk");
    expect(loadsWords(aHistory({ loads: [aLoadSeen(4_000)] }))).toBe("Loads in 4 s, last time");
  });

  it("say how fast it wrote", () => {
    expect(speedsWords(aHistory({ speeds: [18, 9.4, 24.2] }))).toBe("Writes 9.4–24 tok/s, last 3");
    expect(speedsWords(aHistory({ speeds: [18] }))).toBe("Writes 18 tok/s, last time");
  });
});
