import { safeStorage } from "@/lib/safeStorage";
import { createStore } from "./createStore";

const PREFIX = "roundtable.draft.";
const key = (user: string, room: string): string => `${PREFIX}${user}.${room}`;

/** Counts up whenever there is a draft more or less. */
const changes = createStore(0);

function isDraft(user: string, room: string): boolean {
  return safeStorage.get(key(user, room)) !== null;
}

window.addEventListener("storage", (event) => {
  const isOneMoreOrLess = event.oldValue === null || event.newValue === null;
  if (isOneMoreOrLess && (event.key === null || event.key.startsWith(PREFIX))) changes.update((count) => count + 1);
});

/** What someone has begun to write in a room; it survives leaving and reload. */
export const drafts = {
  read: (user: string, room: string): string => safeStorage.get(key(user, room)) ?? "",
  write(user: string, room: string, text: string): void {
    const wasThere = isDraft(user, room);
    if (text.trim() === "") safeStorage.remove(key(user, room));
    else safeStorage.set(key(user, room), text);
    if (isDraft(user, room) !== wasThere) changes.update((count) => count + 1);
  },
  has: isDraft,
  /** Also those of other tabs. */
  subscribe: changes.subscribe,
};
