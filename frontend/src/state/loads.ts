// Loads and downloads of models, whoever began them: the last of each model is kept, also when it has ended.
import type { BackendInfo, ModelProgress } from "@/protocol/types";
import type { AppState } from "./appState";

export type ModelChange = "load" | "unload" | "pull" | "delete";

const ENDS: readonly ModelProgress["stage"][] = ["complete", "failed", "cancelled"];

export const hasEnded = (load: ModelProgress): boolean => ENDS.includes(load.stage);
export const isUnderWay = (load: ModelProgress | undefined): boolean => load !== undefined && !hasEnded(load);
export const loadKey = (load: { backend: string; model: string }): string => `${load.backend}/${load.model}`;

/** Several ways bring the same news: what is older than what is known, and what comes after an end, changes nothing. */
export function receiveLoad(state: AppState, load: ModelProgress): AppState {
  const known = state.loads[loadKey(load)];
  if (known && (load.timestamp < known.timestamp || (load.id === known.id && hasEnded(known)))) return state;
  return { ...state, loads: { ...state.loads, [loadKey(load)]: load } };
}

/** Shown between the click and the first word of the server, which is newer than this whatever our clock says. */
export function placeholder(action: ModelProgress["action"], model: string, backend: string): ModelProgress {
  return {
    type: "model_progress", id: "", action, model, backend, stage: "connecting", pct: null, message: "", estimated: false, eta_seconds: null, eta_range: null,
    bytes_done: null, bytes_total: null, bytes_per_second: null, error: null, timestamp: "",
  };
}

/** Whether this person may do this on that backend, and it can: anybody has models loaded, the rest is an admin's. */
export function mayChange(state: AppState, change: ModelChange, backend: BackendInfo | undefined): boolean {
  const isAdmin = state.session.user?.role === "admin";
  return backend !== undefined && backend.reachable && backend.abilities.includes(change) && (change === "load" || isAdmin);
}

/** Who began it may, and an admin. Its id is not known before the server has answered. */
export function mayCancel(state: AppState, load: ModelProgress): boolean {
  return load.id !== "" && !hasEnded(load) && (state.session.user?.role === "admin" || state.ownLoads.includes(load.id));
}
