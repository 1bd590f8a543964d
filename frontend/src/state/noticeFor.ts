import type { ServerEvent } from "@/transport/socket";
import type { AppState } from "./appState";

/** Why a room that this person was in, or has open, is gone: said in words, unless they did it themselves. */
export function noticeFor(received: ServerEvent, before: AppState): string | null {
  if (received.event !== "room_gone") return null;
  const { room, name, reason, by } = received.payload;
  const isConcerned = before.rooms[room]?.is_member || before.activeRoom === room;
  if (!isConcerned || by.id === before.session.user?.id) return null;
  if (reason === "removed") return `${by.display_name} took you out of #${name}`;
  if (reason === "deleted") return `${by.display_name} deleted #${name}`;
  return `#${name} is private now, and you are not in it`;
}
