// Tries again after a while, longer each time: 2 s, 4 s, 8 s and so on, one timer for each key.
const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;
/** Each wait is up to half shorter or longer, so that not all pages ask at once when a server is back. */
const SPREAD = 0.5;

export interface Backoff {
  /** Calls `run` later; nothing happens when a timer for `key` runs already. */
  again(key: string, run: () => void): void;
  /** It worked: the next wait is the shortest again. */
  reset(key: string): void;
}

export const later = (run: () => void, ms: number): void => void setTimeout(run, ms * (1 - SPREAD + 2 * SPREAD * Math.random()));

export function createBackoff(wait: (run: () => void, ms: number) => void, longest = LONGEST_MS): Backoff {
  const misses = new Map<string, number>();
  const waiting = new Set<string>();
  return {
    again(key, run) {
      if (waiting.has(key)) return;
      const count = misses.get(key) ?? 0;
      misses.set(key, count + 1);
      waiting.add(key);
      wait(() => {
        waiting.delete(key);
        run();
      }, Math.min(longest, FIRST_MS * 2 ** count));
    },
    reset: (key) => void misses.delete(key),
  };
}
