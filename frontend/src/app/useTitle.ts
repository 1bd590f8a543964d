import { useEffect } from "react";
import { type Badge, faviconWith } from "@/lib/favicon";
import { calling } from "@/state/calling";
import { useAppState } from "@/state/useAppState";

function setFavicon(badge: Badge): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link) link.href = faviconWith(badge);
}

/** The title and the icon of the tab: what is unread, the open room, the product. */
export function useTitle(): void {
  const name = useAppState((state) => (state.activeRoom ? state.rooms[state.activeRoom]?.name : undefined));
  const unread = useAppState((state) => Object.values(state.rooms).reduce((sum, room) => sum + (room.is_member ? calling(room) : 0), 0));
  const mentions = useAppState((state) => Object.values(state.rooms).reduce((sum, room) => sum + room.mentions, 0));
  useEffect(() => {
    const count = mentions > 0 ? `(@${mentions}) ` : unread > 0 ? `(${unread}) ` : "";
    document.title = `${count}${name ? `${name} · ` : ""}Roundtable`;
  }, [name, unread, mentions]);
  const hasUnread = unread > 0;
  useEffect(() => {
    setFavicon(mentions > 0 ? { kind: "mentions", count: mentions } : hasUnread ? { kind: "unread" } : null);
    return () => setFavicon(null);
  }, [mentions, hasUnread]);
}
