export type ComposerAct = "send" | "newline" | "list-up" | "list-down" | "list-take" | "list-close" | "none";

interface Key {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  /** An input method is composing: its Enter takes a candidate and never sends. */
  isComposing: boolean;
  keyCode: number;
}

const LIST_KEYS: Record<string, ComposerAct> = {
  ArrowUp: "list-up", ArrowDown: "list-down", Enter: "list-take", Tab: "list-take", Escape: "list-close",
};

/** What a key does in the composer. */
export function composerKey(key: Key, isListOpen: boolean, enterSends = true): ComposerAct {
  if (key.isComposing || key.keyCode === 229) return "none";
  if (isListOpen && !key.shiftKey && LIST_KEYS[key.key]) return LIST_KEYS[key.key] ?? "none";
  if (key.key !== "Enter") return "none";
  if (key.shiftKey || key.altKey) return "newline";
  return enterSends || key.ctrlKey || key.metaKey ? "send" : "newline";
}
