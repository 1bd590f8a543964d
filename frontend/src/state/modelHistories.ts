import type { ModelHistory } from "@/protocol/types";
import { http } from "@/transport/http";
import type { AppState } from "./appState";

/** Changes when a load or an answer has ended, after which more may be known. */
export function seenSoFar({ models, queues }: AppState): string {
  const learned = models.map((model) => model.load_ms_estimate ?? "").join();
  const running = queues.flatMap(({ backend, entries }) => entries.filter(({ position }) => position === 0).map(({ reply, model }) => `${backend}/${model}/${reply ?? ""}`));
  return [learned, ...running].join(" ");
}

/** How long each model took to load and how fast it wrote, by the model's id; nothing while the server does not answer. */
export async function readHistories(): Promise<Record<string, ModelHistory>> {
  const models = await http.modelHistories().catch(() => []);
  return Object.fromEntries(models.map((model) => [model.id, model]));
}
