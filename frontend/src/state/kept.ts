import { safeStorage } from "@/lib/safeStorage";

export interface Kept<T> {
  read(user: string, room: string): T | null;
  write(user: string, room: string, value: T | null): void;
}

/** Something about a room that is remembered on this device, for each person who signs in here. */
export function kept<T>(kind: string): Kept<T> {
  const key = (user: string, room: string): string => `roundtable.${kind}.${user}.${room}`;
  return {
    read(user, room) {
      try {
        return JSON.parse(safeStorage.get(key(user, room)) ?? "null") as T | null;
      } catch {
        return null; // written by something else
      }
    },
    write(user, room, value) {
      if (value === null) safeStorage.remove(key(user, room));
      else safeStorage.set(key(user, room), JSON.stringify(value));
    },
  };
}
