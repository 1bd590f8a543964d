const memory = new Map<string, string>();

function attempt<T>(run: () => T, fallback: () => T): T {
  try {
    return run();
  } catch {
    return fallback();
  }
}

/** localStorage, or the memory of this tab where the browser forbids it. */
export const safeStorage = {
  get: (key: string): string | null => attempt(() => localStorage.getItem(key), () => memory.get(key) ?? null),
  set: (key: string, value: string): void => attempt(() => localStorage.setItem(key, value), () => void memory.set(key, value)),
  remove: (key: string): void => attempt(() => localStorage.removeItem(key), () => void memory.delete(key)),
};
