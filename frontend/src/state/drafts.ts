import { safeStorage } from "@/lib/safeStorage";

const key = (user: string, room: string): string => `roundtable.draft.${user}.${room}`;

/** What someone has begun to write in a room; it survives leaving and reload. */
export const drafts = {
  read: (user: string, room: string): string => safeStorage.get(key(user, room)) ?? "",
  write(user: string, room: string, text: string): void {
    if (text.trim() === "") safeStorage.remove(key(user, room));
    else safeStorage.set(key(user, room), text);
  },
};
