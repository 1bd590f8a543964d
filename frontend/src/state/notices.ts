// Tells of mentions by the system's own notices while nobody looks at this tab.
import type { ServerEvent } from "@/transport/socket";
import type { AppState } from "./appState";
import { createStore } from "./createStore";
import { type MentionNotice, mentionNotice } from "./mentionNotice";
import { noticeSetting } from "./noticeSetting";

const wasMentioned = createStore(false);
let goTo: (address: string) => void = () => undefined;

const isSeen = (): boolean => document.visibilityState === "visible" && document.hasFocus();

function show(notice: MentionNotice): void {
  try {
    // The tag keeps several tabs of one person from telling it several times.
    const shown = new Notification(notice.title, { body: notice.body, tag: notice.id, icon: "/icons/app-192.png" });
    shown.onclick = () => {
      window.focus();
      goTo(notice.address);
      shown.close();
    };
  } catch {
    // Chrome on Android has the class but lets only service workers use it.
  }
}

export const notices = {
  /** True once a mention has come in while the page was open: the moment to ask. */
  wasMentioned: wasMentioned.get,
  subscribe: wasMentioned.subscribe,
  hear(received: ServerEvent, before: AppState): void {
    const notice = mentionNotice(received, before);
    if (!notice) return;
    wasMentioned.update(() => true);
    if (noticeSetting.get() === "yes" && !noticeSetting.isForbidden() && !isSeen()) show(notice);
  },
  /** How the page goes to an address of its own. */
  onOpen(go: (address: string) => void): void {
    goTo = go;
  },
};
