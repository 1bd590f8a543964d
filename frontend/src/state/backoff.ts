// Tries again after a while, longer each time: 2 s, 4 s, 8 s and so on, one timer for each key.
const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;

export interface Backoff {
  /** Calls `run` later; nothing happens when a timer for `key` runs already. */
  again(key: string, run: () => void): void;
  /** It worked: the next wait is the shortest again. */
  reset(key: string): void;
}

export function createBackoff(later: (run: () => void, ms: number) => void): Backoff {
  const misses = new Map<string, number>();
  const waiting = new Set<string>();
  return {
    again(key, run) {
      if (waiting.has(key)) return;
      const count = misses.get(key) ?? 0;
      misses.set(key, count + 1);
      waiting.add(key);
      later(() => {
        waiting.delete(key);
        run();
      }, Math.min(LONGEST_MS, FIRST_MS * 2 ** count));
    },
    reset: (key) => void misses.delete(key),
  };
}
