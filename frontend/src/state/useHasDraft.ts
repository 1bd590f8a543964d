import { useSyncExternalStore } from "react";
import { drafts } from "./drafts";
import { useAppState } from "./useAppState";

/** Whether this person has begun to write something in a room. */
export function useHasDraft(roomId: string): boolean {
  const me = useAppState((state) => state.session.user?.id ?? "");
  return useSyncExternalStore(drafts.subscribe, () => drafts.has(me, roomId));
}
