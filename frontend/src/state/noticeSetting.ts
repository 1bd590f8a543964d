import { safeStorage } from "@/lib/safeStorage";
import { createStore } from "./createStore";

const KEY = "roundtable.notices";

type Choice = "yes" | "no" | null;

function kept(): Choice {
  const value = safeStorage.get(KEY);
  return value === "yes" || value === "no" ? value : null;
}

const store = createStore<Choice>(kept());

/** Whether this browser tells of mentions while nobody looks; null until somebody has said so or not. */
export const noticeSetting = {
  get: store.get,
  subscribe: store.subscribe,
  isPossible: (): boolean => "Notification" in window && window.isSecureContext,
  isForbidden: (): boolean => noticeSetting.isPossible() && Notification.permission === "denied",
  /** Off at once; on as soon as the browser allows it, which it asks its user. */
  async set(isOn: boolean): Promise<void> {
    const permission = isOn && noticeSetting.isPossible() ? await Notification.requestPermission() : null;
    const choice = permission === "granted" ? "yes" : "no";
    safeStorage.set(KEY, choice);
    store.update(() => choice);
  },
};
