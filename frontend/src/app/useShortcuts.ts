import { useEffect, useRef } from "react";
import { orderedRooms } from "@/features/rooms/orderedRooms";
import type { Room } from "@/protocol/types";
import { calling } from "@/state/calling";
import { roomStore } from "@/state/roomStore";

interface Actions {
  onJump: () => void;
  onSearch: () => void;
  onHelp: () => void;
  onOpen: (room: Room) => void;
  onEscape: () => void;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** The room above or below the open one, around the ends; with `isUnreadOnly` the next that calls. What is archived is passed over. */
function neighbour(step: number, isUnreadOnly: boolean): Room | undefined {
  const { rooms, activeRoom } = roomStore.get();
  const { shared, direct } = orderedRooms(rooms);
  const all = [...shared, ...direct];
  const from = all.findIndex((room) => room.id === activeRoom);
  for (let count = 1; count <= all.length; count++) {
    const room = all[(from + step * count + all.length * 2) % all.length];
    if (room && room.id !== activeRoom && (!isUnreadOnly || calling(room) > 0)) return room;
  }
  return undefined;
}

/** What Ctrl or Cmd with a letter asks for. */
function commandOf(event: KeyboardEvent): "onJump" | "onSearch" | undefined {
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return undefined;
  const key = event.key.toLowerCase();
  if (key === "f" && event.shiftKey) return "onSearch";
  return key === "k" ? "onJump" : undefined;
}

export function useShortcuts(actions: Actions): void {
  const latest = useRef(actions);
  useEffect(() => { latest.current = actions; });
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.isComposing) return;
      const isModified = event.ctrlKey || event.metaKey;
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const command = commandOf(event);
      if (command) {
        event.preventDefault();
        latest.current[command]();
      } else if (event.altKey && !isModified && step) {
        event.preventDefault();
        const room = neighbour(step, event.shiftKey);
        if (room) latest.current.onOpen(room);
      } else if (event.key === "?" && !isTyping(event.target)) latest.current.onHelp();
      else if (event.key === "Escape") latest.current.onEscape();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
