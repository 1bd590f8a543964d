import { useSyncExternalStore } from "react";
import type { AppState } from "./appState";
import { roomStore } from "./roomStore";

/** Subscribes to one part of the state. `select` must give the same object for the same state. */
export function useAppState<T>(select: (state: AppState) => T): T {
  const read = (): T => select(roomStore.get());
  return useSyncExternalStore(roomStore.subscribe, read, read);
}
