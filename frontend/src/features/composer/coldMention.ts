import type { ModelInfo } from "@/protocol/types";
import { shortHandle } from "@/state/shortHandle";

const ENOUGH = 3;

/** The model that is being asked in this text, even before its name is complete, if it is not in memory: it may be loaded meanwhile. */
export function coldMention(text: string, models: readonly ModelInfo[]): string | null {
  for (const [, , word = ""] of text.matchAll(/(^|[\s(])@([\w.:-]+)/g)) {
    const begun = word.toLowerCase();
    const meant = models.filter((model) => model.handle === begun || (begun.length >= ENOUGH && shortHandle(model, models).startsWith(begun)));
    const [model] = meant;
    if (model && meant.length === 1 && model.loaded === false) return model.handle;
  }
  return null;
}
