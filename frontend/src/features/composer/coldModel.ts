import type { ModelInfo } from "@/protocol/types";
import { shortHandle } from "@/state/shortHandle";
import { namesModel } from "./namesModel";

const ENOUGH = 3;

/** The model that will be asked with this text, if it is not in memory: it may be loaded meanwhile. `chosen` is asked where none is named. */
export function coldModel(text: string, models: readonly ModelInfo[], chosen: string | null): string | null {
  const mentioned = coldMention(text, models);
  if (mentioned !== null || chosen === null || namesModel(text, models)) return mentioned;
  return models.find(({ handle }) => handle === chosen)?.loaded === false ? chosen : null;
}

/** The model that is being asked in this text, even before its name is complete, if it is not in memory. */
function coldMention(text: string, models: readonly ModelInfo[]): string | null {
  for (const [, , word = ""] of text.matchAll(/(^|[\s(])@([\w.:-]+)/g)) {
    const begun = word.toLowerCase();
    const meant = models.filter((model) => model.handle === begun || (begun.length >= ENOUGH && shortHandle(model, models).startsWith(begun)));
    const [model] = meant;
    if (model && meant.length === 1 && model.loaded === false) return model.handle;
  }
  return null;
}
