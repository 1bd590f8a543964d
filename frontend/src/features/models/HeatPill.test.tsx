import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LlmStatus, ModelInfo, ModelProgress } from "@/protocol/types";
import { applyServerEvent } from "@/state/dispatch";
import { roomStore } from "@/state/roomStore";
import { anAppState, aReply, aRoomState, aStatus } from "@/state/testMessages";
import { HeatPill } from "./HeatPill";

const model: ModelInfo = { id: "ollama/llama3", name: "llama3", handle: "llama3", backend: "ollama", backend_kind: "ollama", loaded: true, size_bytes: null, context_length: null, expires_at: null, capabilities: [], load_ms_estimate: null, load_ms_range: null };
const heat = () => screen.getByTestId("heat").dataset.heat;
const hear = (changes: Partial<LlmStatus>) => act(() => roomStore.update((state) => applyServerEvent(state, { event: "llmStatus", payload: aStatus({ reply_id: "m1", ...changes }) }, Date.now())));
const hearFailure = () => hear({ phase: "failed", status: "error" });

describe("the pill of a room whose model failed", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    roomStore.update(() => anAppState({ models: [model], roomStates: { r1: aRoomState([aReply(1, "failed")]) } }));
    render(<HeatPill roomId="r1" onClick={() => undefined} />);
  });
  afterEach(() => void vi.useRealTimers());

  it("shows the error for 30 seconds, without any event in between", () => {
    expect(heat()).toBe("warm");
    hearFailure();
    expect(heat()).toBe("error");
    act(() => void vi.advanceTimersByTime(29_000));
    expect(heat()).toBe("error");
    act(() => void vi.advanceTimersByTime(1_100));
    expect(heat()).toBe("warm");
  });

  it("warms up while its model is being loaded, whoever asked for that", () => {
    const load = { type: "model_progress", id: "l1", action: "load", model: "llama3", backend: "ollama", stage: "loading" } as ModelProgress;
    const hearLoad = (stage: ModelProgress["stage"]) => act(() => roomStore.update((state) => applyServerEvent(state, { event: "model_progress", payload: { ...load, stage } }, Date.now())));
    hearLoad("loading");
    expect(heat()).toBe("warming");
    hearLoad("complete");
    expect(heat()).toBe("warm");
  });

  it("forgets it when the next reply is at work, and another room does not matter", () => {
    hearFailure();
    hear({ phase: "queued", room: "r2", reply_id: "m7" });
    expect(heat()).toBe("error");
    hear({ phase: "queued", reply_id: "m2" });
    expect(heat()).toBe("warm");
    hear({ phase: "failed", room: null, reply_id: null });
    expect(heat()).toBe("warm");
  });
});
