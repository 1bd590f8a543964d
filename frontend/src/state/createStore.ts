import { nextFrame } from "@/lib/nextFrame";

export interface Store<S> {
  get(): S;
  /** Replaces the state. `isUrgent: false` lets the subscribers wait for the next frame, for events that come in bursts. */
  update(change: (state: S) => S, options?: { isUrgent?: boolean }): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<S>(initial: S): Store<S> {
  let state = initial;
  let isWaiting = false;
  const listeners = new Set<() => void>();
  const notify = (): void => {
    isWaiting = false;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => state,
    update(change, { isUrgent = true } = {}) {
      const next = change(state);
      if (next === state) return;
      state = next;
      if (isUrgent) return notify();
      if (isWaiting) return;
      isWaiting = true;
      nextFrame(notify);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
