import { splitMentions } from "@/lib/splitMentions";
import type { ModelInfo } from "@/protocol/types";

const CODE = /```.*?(?:```|$)|`[^`\n]*`/gs;

/** Whether a text asks a model by its name, as the server reads it: not in code. */
export function namesModel(text: string, models: readonly ModelInfo[]): boolean {
  const handles = new Set(models.flatMap((model) => [model.handle, model.name, model.handle.split(":")[0] ?? ""]).map((handle) => handle.toLowerCase()));
  return splitMentions(text.replace(CODE, " "), handles).some((piece) => piece.kind === "mention");
}
