import { http } from "@/transport/http";
import { NO_TEMPLATES, type Templates } from "./appState";
import { roomStore } from "./roomStore";

const known = (room: string): Templates => roomStore.get().templates[room] ?? NO_TEMPLATES;

function put(room: string, changes: Partial<Templates>): void {
  roomStore.update((state) => ({ ...state, templates: { ...state.templates, [room]: { ...known(room), ...changes } } }));
}

export const templates = {
  /** Asks for the templates of a room ("": those for outside of rooms) unless they are known; again after a failure. */
  async load(room: string): Promise<void> {
    const { phase } = known(room);
    if (phase === "loading" || phase === "ready") return;
    put(room, { phase: "loading" });
    try {
      const list = await http.templates(room);
      // Whoever has changed them meanwhile has made this answer an old one.
      const isOld = known(room).phase !== "loading";
      put(room, isOld ? { list } : { phase: "ready", list });
    } catch (cause) {
      put(room, { phase: "failed", error: (cause as Error).message });
    }
  },
};
