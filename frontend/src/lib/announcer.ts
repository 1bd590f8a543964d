// One polite voice for screen readers. Whoever calls twice quickly is heard once, with the later words.
type Listener = (text: string) => void;

const listeners = new Set<Listener>();

export const announcer = {
  say(text: string): void {
    for (const listener of listeners) listener(text);
  },
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
