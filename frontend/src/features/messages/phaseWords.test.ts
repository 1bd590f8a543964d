import { describe, expect, it } from "vitest";
import { aStatus } from "@/state/testMessages";
import { phaseWords } from "./phaseWords";

const say = (status: Parameters<typeof aStatus>[0] | null, elapsed = 0, hasText = false) => phaseWords(status ? aStatus(status) : null, "llama3", elapsed, hasText);

describe("the phase line", () => {
  it("says how many are ahead", () => {
    expect(say({ phase: "queued", queue_position: 2 }).title).toBe("Waiting, 2 ahead");
    expect(say({ phase: "queued", queue_position: 0 }).title).toBe("Waiting for a free place");
  });

  it("says when the turn will probably come, counting down", () => {
    const status = { phase: "queued", queue_position: 1, estimated_time: 12, estimated: true } as const;
    expect(say(status)).toMatchObject({ title: "Waiting, 1 ahead", detail: "starts in about 12 s", isEstimate: true });
    expect(say(status, 9).detail).toBe("starts in about 3 s");
    expect(say(status, 12.5).detail).toBe("longer than usual");
    expect(say({ phase: "queued", queue_position: 1 })).toMatchObject({ detail: "", isEstimate: false });
  });

  it("waits where nothing is known yet", () => {
    expect(say(null)).toMatchObject({ phase: "queued", progress: null });
  });

  it("says why another backend or another try is needed", () => {
    expect(say({ phase: "routing" })).toMatchObject({ phase: "queued", title: "Choosing a backend" });
    expect(say({ phase: "routing", message: "ollama is busy. Retrying in 2 s…" }).title).toBe("ollama is busy. Retrying in 2 s…");
  });

  it("counts an estimate down and draws it as one", () => {
    const status = { phase: "loading", estimated: true, estimated_time: 12 } as const;
    expect(say(status)).toMatchObject({ title: "Warming up llama3", detail: "on ollama · about 12 s left", isEstimate: true, progress: 0 });
    expect(say(status, 9)).toMatchObject({ detail: "on ollama · about 3 s left", progress: 0.75 });
  });

  it("says longer than usual past the estimate, and never claims to be complete", () => {
    const late = say({ phase: "loading", estimated: true, estimated_time: 12 }, 30);
    expect(late.detail).toBe("on ollama · longer than usual");
    expect(late.progress).toBeLessThan(1);
  });

  it("says where the end usually lies, and is late only beyond that", () => {
    const status = { phase: "loading", estimated: true, estimated_time: 12, estimated_range: { low: 9, high: 15 } } as const;
    expect(say(status, 2).detail).toBe("on ollama · about 10 s left (7–13 s)");
    expect(say(status, 13).detail).toBe("on ollama · any moment now");
    expect(say(status, 15).detail).toBe("on ollama · longer than usual");
  });

  it("shows the percent of the backend as it is", () => {
    expect(say({ phase: "loading", progress: 0.4, estimated: false })).toMatchObject({ detail: "on ollama · 40 %", progress: 0.4, isEstimate: false });
  });

  it("shows the time so far where nobody can estimate", () => {
    expect(say({ phase: "loading" }, 3)).toMatchObject({ detail: "on ollama · 3 s so far", progress: null });
  });

  it("reads with a percent where the backend says one", () => {
    expect(say({ phase: "prompt", progress: 0.62 })).toMatchObject({ title: "Reading", detail: "62 %" });
    expect(say({ phase: "prompt" }).detail).toBe("");
  });

  it("writes with tokens per second, as soon as text is there", () => {
    expect(say({ phase: "generating", tokens_per_second: 18.3 }, 0, true)).toMatchObject({ phase: "generating", detail: "18 tok/s" });
    expect(say({ phase: "prompt" }, 0, true).phase).toBe("generating");
  });
});
