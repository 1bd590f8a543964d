import type { BackendInfo, ModelInfo, ModelProgress } from "@/protocol/types";
import { hasEnded, loadKey } from "@/state/loads";

export interface BackendGroup {
  name: string;
  backend: BackendInfo | undefined;
  models: readonly ModelInfo[];
  /** Downloads of models that are not in the list yet, and those that failed. */
  coming: readonly ModelProgress[];
}

/** The built-in one that makes embeddings has no model to talk to: it is shown when something is wrong with it. */
const isShown = (backend: BackendInfo): boolean => backend.kind !== "embedder" || !backend.reachable;

/** Every backend with its models and what is on its way to it, in the server's order. */
export function backendGroups(backends: readonly BackendInfo[], models: readonly ModelInfo[], loads: Readonly<Record<string, ModelProgress>>): BackendGroup[] {
  const known = new Set(models.map((model) => model.id));
  const coming = Object.values(loads).filter((load) => load.action === "pull" && (!hasEnded(load) || load.stage === "failed") && !known.has(loadKey(load)));
  const names = new Set([...backends.filter(isShown), ...models.map((model) => ({ name: model.backend }))].map(({ name }) => name));
  return [...names].map((name) => ({
    name,
    backend: backends.find((backend) => backend.name === name),
    models: models.filter((model) => model.backend === name),
    coming: coming.filter((load) => load.backend === name),
  }));
}
