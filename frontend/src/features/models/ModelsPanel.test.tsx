import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { BackendInfo } from "@/protocol/types";
import type { AppState } from "@/state/appState";
import { modelActions } from "@/state/modelActions";
import { roomStore } from "@/state/roomStore";
import { aLoad, aModel, anAppState, aQueueEntry, ME } from "@/state/testMessages";
import { ModelsPanel } from "./ModelsPanel";

const ollama: BackendInfo = { name: "ollama", kind: "ollama", url: "", reachable: true, error: null, abilities: ["load", "unload", "pull", "delete"] };
const ADMIN = { session: { phase: "signed-in" as const, user: { ...ME, role: "admin" as const } } };
const phi = aModel({ id: "ollama/phi3", name: "phi3", handle: "phi3", loaded: true });

function show(changes: Partial<AppState> = {}) {
  roomStore.update(() => anAppState({ models: [aModel(), phi], backends: [ollama], ...changes }));
  render(<ModelsPanel roomId="r1" />);
}

const card = (model: string) => within(screen.getAllByTestId("model-card").find((element) => element.dataset.model === model)!);
const buttons = (model: string) => card(model).queryAllByRole("button").map((button) => button.dataset.testid);

beforeEach(() => roomStore.update(() => anAppState()));

describe("the card of a model", () => {
  it("offers a member to load it, and an admin more", () => {
    show();
    expect([buttons("ollama/llama3"), buttons("ollama/phi3")]).toEqual([["load-model"], []]);
    act(() => roomStore.update((state) => ({ ...state, ...ADMIN })));
    expect([buttons("ollama/llama3"), buttons("ollama/phi3")]).toEqual([["load-model", "delete-model"], ["unload-model", "delete-model"]]);
  });

  it("warms up while a reply waits for it, and cannot be loaded a second time", () => {
    const running = aQueueEntry({ position: 0, running_seconds: 2, is_loading: true });
    show({ queues: [{ backend: "ollama", slots: 1, entries: [running], more: 0 }] });
    expect(screen.getAllByTestId("model-card").map(({ dataset }) => dataset.heat)).toEqual(["warming", "warm"]);
    expect(buttons("ollama/llama3")).toEqual([]);
    act(() => roomStore.update((state) => ({ ...state, queues: [] })));
    expect(buttons("ollama/llama3")).toEqual(["load-model"]);
  });

  it("offers both ways where nobody can tell whether it is loaded, and nothing that its backend cannot", () => {
    show({ ...ADMIN, models: [aModel({ loaded: null })], backends: [{ ...ollama, abilities: ["load", "unload"] }] });
    expect(buttons("ollama/llama3")).toEqual(["load-model", "unload-model"]);
  });

  it("shows several loads at once, and the way out of one's own", () => {
    const cancel = vi.spyOn(modelActions, "cancel").mockResolvedValue(true);
    const own = aLoad({ pct: 38, estimated: true, eta_seconds: 12, eta_range: { low: 11, high: 16 } });
    show({ ownLoads: ["l1"], loads: { "ollama/llama3": own, "ollama/phi3": aLoad({ id: "l2", model: "phi3", pct: 50 }) } });
    expect(screen.getAllByTestId("model-load").map((line) => line.dataset.estimate)).toEqual(["true", "false"]);
    expect([buttons("ollama/llama3"), buttons("ollama/phi3")]).toEqual([["cancel-load"], []]);
    expect(card("ollama/llama3").getByRole("progressbar").getAttribute("aria-valuetext")).toBe("about 38 %");
    fireEvent.click(card("ollama/llama3").getByTestId("cancel-load"));
    expect(cancel).toHaveBeenCalledExactlyOnceWith(own);
  });

  it("shows why a load failed until that is dismissed", () => {
    const error = { code: "model_out_of_memory", message: "Choose a smaller model.", field: null, retry_after: null, request_id: "" };
    show({ loads: { "ollama/llama3": aLoad({ stage: "failed", error }) } });
    expect(screen.getByTestId("model-load-failed").textContent).toContain("Not loaded. Choose a smaller model.");
    expect(buttons("ollama/llama3")).toContain("load-model");
    fireEvent.click(screen.getByTestId("dismiss-load"));
    expect(screen.queryByTestId("model-load-failed")).toBeNull();
  });
});

describe("the group of a backend", () => {
  it("says what to do when it cannot be reached, and offers nothing there", () => {
    show({ ...ADMIN, backends: [{ ...ollama, reachable: false, error: "Start it with `ollama serve`." }] });
    expect(screen.getByTestId("backend-lost").textContent).toBe("Start it with ollama serve.");
    expect(screen.queryAllByRole("button")).toEqual([]);
  });

  it("has a place for what is being downloaded, until it is a model", () => {
    const load = aLoad({ action: "pull", model: "gemma3", stage: "downloading", pct: 62 });
    show({ loads: { "ollama/gemma3": load } });
    expect(screen.getByTestId("model-coming").dataset.model).toBe("ollama/gemma3");
    act(() => roomStore.update((state) => ({ ...state, loads: { "ollama/gemma3": { ...load, stage: "complete" } } })));
    expect(screen.queryByTestId("model-coming")).toBeNull();
  });
});
