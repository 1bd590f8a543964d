import { safeStorage } from "@/lib/safeStorage";
import { createStore } from "./createStore";

const KEY = "roundtable.enter-sends";

const store = createStore(safeStorage.get(KEY) !== "no");

/** Whether Enter sends (and Shift+Enter makes a line), or Enter makes a line and Ctrl/Cmd+Enter sends. */
export const composerSetting = {
  enterSends: store.get,
  subscribe: store.subscribe,
  set(enterSends: boolean): void {
    safeStorage.set(KEY, enterSends ? "yes" : "no");
    store.update(() => enterSends);
  },
};
