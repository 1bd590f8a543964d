import type { LlmStatus, Message, ModelInfo } from "@/protocol/types";
import { answeringModel } from "./answeringModel";
import type { AppState } from "./appState";
import { isUnderWay } from "./loads";
import { isRunning } from "./replyPhase";

export type Heat = "cold" | "waiting" | "warming" | "answering" | "warm" | "error" | "none";

export interface RoomHeat {
  heat: Heat;
  /** The model, and the word for how it is; either may be empty. */
  name: string;
  word: string;
}

export const ERROR_SHOWN_MS = 30_000;
const NAMES: Record<string, Heat> = { queued: "waiting", routing: "waiting", loading: "warming", connected: "answering", prompt: "answering", generating: "answering" };
const WORDS: Record<Heat, string> = { cold: "cold", waiting: "waiting", warming: "warming up", answering: "answering", warm: "warm", error: "error", none: "" };
const URGENCY: readonly Heat[] = ["warming", "answering", "waiting"];

function heatOfReply(message: Message, status: LlmStatus | null | undefined): Heat {
  return NAMES[message.content ? "generating" : (status?.phase ?? message.llm?.phase ?? "queued")] ?? "waiting";
}

/** The hottest reply that is running here. */
function running(state: AppState, roomId: string): RoomHeat | null {
  const room = state.roomStates[roomId];
  const found = Object.entries(room?.live ?? {}).flatMap(([id, live]) => {
    const message = room?.messages.findLast((candidate) => candidate.id === id);
    return message && isRunning(message) ? [{ heat: heatOfReply(message, live.status), name: message.author.name }] : [];
  });
  const first = URGENCY.map((heat) => found.find((item) => item.heat === heat)).find(Boolean);
  return first ? { heat: first.heat, name: first.name, word: WORDS[first.heat] } : null;
}

/** As the queue has it, while somebody looks at that. */
function isLoadedForAReply({ queues }: AppState, model: ModelInfo): boolean {
  const entries = queues.find(({ backend }) => backend === model.backend)?.entries ?? [];
  return entries.some((entry) => entry.is_loading && entry.model === model.name);
}

/** How warm a model is, whoever asks it. */
export function modelHeat(state: AppState, model: ModelInfo): { heat: Heat; word: string } {
  const backend = state.backends.find(({ name }) => name === model.backend);
  if (backend && !backend.reachable) return { heat: "error", word: "unreachable" };
  const load = state.loads[model.id];
  if ((load?.action === "load" && isUnderWay(load)) || isLoadedForAReply(state, model)) return { heat: "warming", word: WORDS.warming };
  if (model.loaded === null) return { heat: "none", word: "" };
  const heat: Heat = model.loaded ? "warm" : "cold";
  return { heat, word: WORDS[heat] };
}

/** How warm the model of a room is, for the pill in its header. */
export function roomHeat(state: AppState, roomId: string, now: number): RoomHeat {
  const busy = running(state, roomId);
  if (busy) return busy;
  const model = answeringModel(state, roomId);
  if (!model) return { heat: "none", name: "", word: "no model" };
  const failedAt = state.failures[roomId];
  if (failedAt !== undefined && now - failedAt < ERROR_SHOWN_MS) return { heat: "error", name: model.name, word: WORDS.error };
  const { heat, word } = modelHeat(state, model);
  return { heat, name: model.name, word };
}
