import { useSyncExternalStore } from "react";
import { type Generation, generation } from "./generation";

/** How models are asked from this room on this device, and the way to change it. */
export function useGeneration(user: string, room: string): [Generation, (value: Generation) => void] {
  const value = useSyncExternalStore(generation.subscribe, () => generation.read(user, room));
  return [value, (next) => generation.write(user, room, next)];
}
