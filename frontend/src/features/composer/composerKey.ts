import { enterKey, type Key } from "@/lib/enterKey";

export type ComposerAct = "send" | "newline" | "list-up" | "list-down" | "list-take" | "list-close" | "none";

interface TypedKey extends Key {
  /** An input method is composing: its Enter takes a candidate and never sends. */
  isComposing: boolean;
  keyCode: number;
}

const LIST_KEYS: Record<string, ComposerAct> = {
  ArrowUp: "list-up", ArrowDown: "list-down", Enter: "list-take", Tab: "list-take", Escape: "list-close",
};

/** What a key does in the composer. */
export function composerKey(key: TypedKey, isListOpen: boolean, enterSends = true): ComposerAct {
  if (key.isComposing || key.keyCode === 229) return "none";
  const isPlain = !key.shiftKey && !key.altKey && !key.ctrlKey && !key.metaKey;
  if (isListOpen && isPlain && LIST_KEYS[key.key]) return LIST_KEYS[key.key] ?? "none";
  return enterKey(key, enterSends);
}
