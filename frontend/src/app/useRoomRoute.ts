import { useCallback, useEffect } from "react";
import { safeStorage } from "@/lib/safeStorage";
import type { Room } from "@/protocol/types";
import { roomStore } from "@/state/roomStore";
import { rooms } from "@/state/rooms";
import { useAppState } from "@/state/useAppState";

const LAST_ROOM = "roundtable.last-room";

function slugInAddress(): string | null {
  const slug = /^\/rooms\/([^/?]+)/.exec(location.pathname)?.[1];
  return slug ? decodeURIComponent(slug) : null;
}

function addressOf(room: Room): string {
  return `/rooms/${encodeURIComponent(room.slug)}`;
}

function find(slug: string | null): Room | undefined {
  const all = Object.values(roomStore.get().rooms);
  return slug ? all.find((room) => room.slug === slug || room.id === slug) : undefined;
}

function firstRoom(): Room | undefined {
  const mine = Object.values(roomStore.get().rooms).filter((room) => room.is_member);
  return find(safeStorage.get(LAST_ROOM)) ?? mine.find((room) => room.slug === "general") ?? mine.find((room) => room.slug === "lobby") ?? mine[0];
}

function show(room: Room): void {
  safeStorage.set(LAST_ROOM, room.slug);
  rooms.open(room.id);
}

/** Keeps the address (/rooms/slug) and the open room the same; gives the way to another room. */
export function useRoomRoute(): (room: Room) => void {
  const active = useAppState((state) => state.activeRoom);
  useEffect(() => {
    const follow = () => {
      const room = find(slugInAddress()) ?? firstRoom();
      if (!room) return;
      if (slugInAddress() !== room.slug) history.replaceState(null, "", addressOf(room));
      show(room);
    };
    if (!active) follow();
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, [active]);
  return useCallback((room: Room) => {
    if (slugInAddress() !== room.slug) history.pushState(null, "", addressOf(room));
    show(room);
  }, []);
}
