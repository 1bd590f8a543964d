import { findNamed, type NamedEmoji } from "@/lib/namedEmoji";
import type { Suggestion } from "./suggestion";
import { isInCode } from "./trigger";

const MAX = 8;

export function emojiSuggestions(query: string, all: readonly NamedEmoji[]): Suggestion[] {
  return findNamed(query, all, MAX).map(({ emoji, name, description }) => ({
    key: `${emoji} ${name}`, label: `:${name}:`, note: description, mark: { kind: "emoji" as const, emoji }, take: { insert: emoji },
  }));
}

/** The text and caret with the emoji whose name has just been closed by a colon ":tada:|", if there is one. */
export function closedEmoji(text: string, caret: number, all: readonly NamedEmoji[]): { text: string; caret: number } | null {
  const before = text.slice(0, caret);
  const found = /(?<![\w:]):([a-z0-9_+-]{2,40}):$/i.exec(before);
  const name = found?.[1]?.toLowerCase() ?? "";
  const emoji = found ? all.find(({ names }) => names.includes(name))?.emoji : undefined;
  if (!found || !emoji || isInCode(before)) return null;
  const start = before.slice(0, found.index) + emoji;
  return { text: start + text.slice(caret), caret: start.length };
}
