import { http } from "@/transport/http";
import type { Templates } from "./appState";
import { roomStore } from "./roomStore";

function put(templates: Templates): void {
  roomStore.update((state) => ({ ...state, templates }));
}

export const templates = {
  /** Asks for the templates of the server unless they are known; again after a failure. */
  async load(): Promise<void> {
    const { phase } = roomStore.get().templates;
    if (phase === "loading" || phase === "ready") return;
    put({ phase: "loading", list: [] });
    try {
      put({ phase: "ready", list: await http.templates() });
    } catch {
      put({ phase: "failed", list: [] });
    }
  },
};
