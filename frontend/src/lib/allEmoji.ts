import { gemoji } from "gemoji";
import { EMOJI } from "./emoji";
import type { NamedEmoji } from "./namedEmoji";

const common = new Map(EMOJI.map(({ emoji, words }) => [emoji, words.split(" ")]));

/** Every emoji by the names that GitHub gives them; large, and so loaded when it is needed. */
export const ALL_EMOJI: readonly NamedEmoji[] = gemoji.map(({ emoji, names, tags, description }) => ({
  emoji, names, description, words: [...description.toLowerCase().split(" "), ...tags, ...(common.get(emoji) ?? [])], isCommon: common.has(emoji),
}));
