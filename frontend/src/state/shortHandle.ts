import type { ModelInfo } from "@/protocol/types";

/** A handle without its tag: smollm2:135m is smollm2. */
const base = (handle: string): string => handle.split(":")[0] ?? handle;

/** What one types after @ to ask a model: without its tag where that names no other one. */
export function shortHandle(model: ModelInfo, models: readonly ModelInfo[]): string {
  const short = base(model.handle);
  return models.filter((other) => base(other.handle) === short).length === 1 ? short : model.handle;
}
