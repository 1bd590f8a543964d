import { useEffect, useMemo } from "react";
import type { Member } from "@/protocol/types";
import { rooms } from "./rooms";
import { useAppState } from "./useAppState";

/** The others who can sign in, as far as they are known from the rooms one is in; asks who is in the room of everybody. */
export function usePeople(): Member[] {
  const me = useAppState((state) => state.session.user?.id);
  const roomStates = useAppState((state) => state.roomStates);
  const everybody = useAppState((state) => Object.values(state.rooms).find((room) => room.slug === "general" && room.is_member)?.id);
  useEffect(() => {
    if (everybody) void rooms.loadMembers(everybody).catch(() => undefined); // those who are known do
  }, [everybody]);
  return useMemo(() => {
    const known = Object.values(roomStates).flatMap((room) => room.members).filter((member) => member.id !== me && !member.deactivated);
    return [...new Map(known.map((member) => [member.id, member])).values()];
  }, [roomStates, me]);
}
