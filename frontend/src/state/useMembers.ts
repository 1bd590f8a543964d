import { useEffect } from "react";
import type { Member } from "@/protocol/types";
import { EMPTY_ROOM } from "./appState";
import { rooms } from "./rooms";
import { useAppState } from "./useAppState";

/** The members of a room that are known, and as soon as `wantsAll`, all of them. */
export function useMembers(roomId: string, wantsAll: boolean): { members: readonly Member[]; memberCount: number } {
  const members = useAppState((state) => (state.roomStates[roomId] ?? EMPTY_ROOM).members);
  const memberCount = useAppState((state) => (state.roomStates[roomId] ?? EMPTY_ROOM).memberCount);
  const isMissing = wantsAll && members.length < memberCount;
  useEffect(() => {
    if (isMissing) void rooms.loadMembers(roomId).catch(() => undefined); // those that are known do until the next try
  }, [roomId, isMissing]);
  return { members, memberCount };
}
