import { useCallback, useEffect } from "react";
import { notify } from "@/lib/notify";
import { safeStorage } from "@/lib/safeStorage";
import type { Room } from "@/protocol/types";
import { history as pages } from "@/state/history";
import { notices } from "@/state/notices";
import { roomStore } from "@/state/roomStore";
import { rooms } from "@/state/rooms";
import { useAppState } from "@/state/useAppState";
import { goTo, isAdminPath } from "./address";

const LAST_ROOM = "roundtable.last-room";

function slugInAddress(): string | null {
  const slug = /^\/rooms\/([^/?]+)/.exec(location.pathname)?.[1];
  return slug ? decodeURIComponent(slug) : null;
}

/** The message that the address asks for, as /m/{id} leads to it. */
const messageInAddress = (): string | null => new URLSearchParams(location.search).get("message");

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

/** For an address without a room, as somebody gets it who was not signed in yet. */
async function openByMessage(id: string): Promise<void> {
  const message = await pages.find(id);
  const room = message ? find(message.room) : undefined;
  if (!room) return notify("error", "This message does not exist, or it is in a room that you are not in.");
  history.replaceState(null, "", `${addressOf(room)}?message=${encodeURIComponent(id)}`);
  show(room);
  await pages.openAt(room.id, id);
}

/** Keeps the address (/rooms/slug) and the open room the same; gives the way to another room. */
export function useRoomRoute(): (room: Room) => void {
  const active = useAppState((state) => state.activeRoom);
  useEffect(() => {
    const follow = () => {
      if (isAdminPath(location.pathname)) return;
      const message = messageInAddress();
      const named = find(slugInAddress());
      const room = named ?? firstRoom();
      if (!named && message) void openByMessage(message);
      if (!room) return;
      if (slugInAddress() !== room.slug) history.replaceState(null, "", addressOf(room));
      show(room);
      if (named?.is_member && message) void pages.openAt(room.id, message);
    };
    // Back from the admin's page a room is open still, but maybe not the one in the address.
    if (!active || slugInAddress() !== roomStore.get().rooms[active]?.slug) follow();
    notices.onOpen(goTo);
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, [active]);
  return useCallback((room: Room) => {
    if (slugInAddress() !== room.slug) history.pushState(null, "", addressOf(room));
    show(room);
  }, []);
}
