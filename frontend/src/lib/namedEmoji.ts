import { fuzzyScore } from "./fuzzyScore";

export interface NamedEmoji {
  emoji: string;
  /** Short names as people type them between colons: "+1", "thumbsup". */
  names: readonly string[];
  description: string;
  /** By which it is found, too. */
  words: readonly string[];
  /** One of those that the picker begins with. */
  isCommon: boolean;
}

/** Letters that lie further apart are no longer what was meant. */
const WORST = 6;
let loading: Promise<readonly NamedEmoji[]> | null = null;

/** All emoji with their names; loaded when they are first needed. */
export function loadNamedEmoji(): Promise<readonly NamedEmoji[]> {
  loading ??= import("./allEmoji").then(({ ALL_EMOJI }) => ALL_EMOJI);
  loading.catch(() => { loading = null; });
  return loading;
}

interface Found {
  emoji: string;
  /** The one of its names that fits best. */
  name: string;
  description: string;
  score: number;
  isCommon: boolean;
}

function scored({ emoji, names, description, words, isCommon }: NamedEmoji, query: string): Found | null {
  const scores = names.map((name) => ({ name, score: name === query ? -1 : fuzzyScore(query, name) ?? Infinity }));
  const best = scores.reduce((a, b) => (b.score < a.score ? b : a), { name: names[0] ?? "", score: Infinity });
  const byWord = words.some((word) => word.startsWith(query)) ? 1 : Infinity;
  const score = Math.min(best.score, byWord) - Number(isCommon);
  return score <= WORST ? { emoji, name: best.name, description, score, isCommon } : null;
}

/** Those whose name or words fit, the best and the common ones first. */
export function findNamed(query: string, all: readonly NamedEmoji[], max: number): Found[] {
  const wanted = query.toLowerCase();
  return all.map((entry) => scored(entry, wanted)).filter((found) => found !== null)
    .sort((a, b) => a.score - b.score || Number(b.isCommon) - Number(a.isCommon) || a.name.length - b.name.length)
    .slice(0, max);
}
