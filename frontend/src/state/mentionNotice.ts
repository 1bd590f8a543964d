import { beginOf } from "@/lib/beginOf";
import { plainWords } from "@/lib/plainWords";
import type { ServerEvent } from "@/transport/socket";
import type { AppState } from "./appState";
import { mentionsMe } from "./dispatch";

export interface MentionNotice {
  id: string;
  title: string;
  body: string;
  /** Where the message is. */
  address: string;
}

/** What to tell somebody who is not looking: a message that names them, or a direct one. */
export function mentionNotice(received: ServerEvent, before: AppState): MentionNotice | null {
  if (received.event !== "message") return null;
  const message = received.payload;
  const room = before.rooms[message.room];
  const isNew = room?.is_member && message.seq > room.last_seq && (message.author.kind === "person" || message.author.kind === "bot");
  if (!isNew || message.author.id === before.session.user?.id) return null;
  const isDirect = room.kind === "direct";
  const isCalled = (isDirect && !room.is_muted) || mentionsMe(before, message);
  if (!isCalled) return null;
  return {
    id: message.id,
    title: isDirect ? message.author.name : `${message.author.name} in #${room.name}`,
    body: plainWords(beginOf(message.content)),
    address: `/rooms/${encodeURIComponent(room.slug)}?message=${encodeURIComponent(message.id)}`,
  };
}
