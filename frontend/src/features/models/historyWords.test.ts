import { describe, expect, it } from "vitest";
import type { ModelHistory } from "@/protocol/types";
import { loadsWords, speedsWords } from "./historyWords";

const aHistory = (changes: Partial<ModelHistory>): ModelHistory => ({ id: "ollama/llama3", loads: [], speeds: [], ...changes });
const aLoadSeen = (load_ms: number, is_cold = true) => ({ at: "2026-01-02T10:00:00.000Z", load_ms, is_cold });

describe("the charts of a model, in words", () => {
  it("say between what the loads lay, and how many came from the disk where not all did", () => {
    expect(loadsWords(aHistory({ loads: [aLoadSeen(9_100), aLoadSeen(15_000)] }))).toBe("Loads in 9.1–15 s, the last 2 loads");
    expect(loadsWords(aHistory({ loads: [aLoadSeen(2_000, false), aLoadSeen(15_000)] }))).toBe("Loads in 2–15 s, the last 2 loads, 1 from disk");
    expect(loadsWords(aHistory({ loads: [aLoadSeen(4_000)] }))).toBe("Loads in 4 s, the last load");
  });

  it("say how fast it wrote", () => {
    expect(speedsWords(aHistory({ speeds: [18, 9.4, 24.2] }))).toBe("Writes 9.4–24 tok/s, the last 3 answers");
    expect(speedsWords(aHistory({ speeds: [18] }))).toBe("Writes 18 tok/s, the last answer");
  });
});
