import type { Presence } from "./appState";
import { useAppState } from "./useAppState";

/** Whether the other one in a direct room is here. */
export function useDirectPresence(roomId: string): Presence {
  return useAppState((state) => {
    const other = state.rooms[roomId]?.partner;
    return (other && state.presence[other.id]) || "offline";
  });
}
