import type { ModelInfo } from "@/protocol/types";
import type { AppState } from "./appState";

/** The model that answers in a room when nobody names another one. */
export function answeringModel(state: AppState, roomId: string): ModelInfo | null {
  const own = state.rooms[roomId]?.models ?? [];
  const id = own[0] ?? state.defaultModel;
  return state.models.find((model) => model.id === id || model.name === id || model.handle === id) ?? state.models[0] ?? null;
}
