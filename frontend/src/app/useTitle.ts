import { useEffect } from "react";
import { calling } from "@/state/calling";
import { useAppState } from "@/state/useAppState";

/** The title of the tab: what is unread, the open room, the product. */
export function useTitle(): void {
  const name = useAppState((state) => (state.activeRoom ? state.rooms[state.activeRoom]?.name : undefined));
  const unread = useAppState((state) => Object.values(state.rooms).reduce((sum, room) => sum + (room.is_member ? calling(room) : 0), 0));
  const mentions = useAppState((state) => Object.values(state.rooms).reduce((sum, room) => sum + room.mentions, 0));
  useEffect(() => {
    const count = mentions > 0 ? `(@${mentions}) ` : unread > 0 ? `(${unread}) ` : "";
    document.title = `${count}${name ? `${name} · ` : ""}Roundtable`;
  }, [name, unread, mentions]);
}
