import { useEffect } from "react";
import { notify } from "@/lib/notify";
import type { Member, Room } from "@/protocol/types";
import type { AppState, Presence } from "./appState";
import { rooms } from "./rooms";
import { useAppState } from "./useAppState";

/** Whom one talks with in a direct room, once its members are known. */
function partnerOf(state: AppState, roomId: string): Member | undefined {
  return state.roomStates[roomId]?.members.find((member) => member.id !== state.session.user?.id);
}

/** Whether the other one in a direct room is here. */
export function useDirectPresence(roomId: string): Presence {
  return useAppState((state) => {
    const other = partnerOf(state, roomId);
    return other ? (state.presence[other.id] ?? other.presence) : "offline";
  });
}

/** Asks who is in the direct rooms, at the start and again whenever the connection is back. */
export function useDirectMembers(direct: readonly Room[]): void {
  const isOnline = useAppState((state) => state.connection.phase === "online");
  const ids = direct.map((room) => room.id).join(" ");
  useEffect(() => {
    if (!isOnline || !ids) return;
    for (const id of ids.split(" ")) void rooms.loadMembers(id).catch(() => undefined); // shown as offline until it is known
  }, [isOnline, ids]);
}

/** The direct room with a person, made with the first use. `null` when it could not be had, which was said. */
export async function openDirect(person: Pick<Member, "id" | "display_name">): Promise<Room | null> {
  try {
    return await rooms.create({ name: person.display_name, kind: "direct", members: [person.id] });
  } catch (error) {
    notify("error", (error as Error).message);
    return null;
  }
}
