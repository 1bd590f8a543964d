import { type AppState, INITIAL_STATE } from "./appState";
import { createStore } from "./createStore";

/** All that this tab knows. Written only by `state/`, read through `useAppState`. */
export const roomStore = createStore<AppState>(INITIAL_STATE);
