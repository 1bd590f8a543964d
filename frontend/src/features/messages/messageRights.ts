import type { Message, Room } from "@/protocol/types";
import { isRunning } from "@/state/replyPhase";

export interface MessageRights {
  /** React, reply, pin, ask again: what every member may, but in an archived room. */
  canWrite: boolean;
  canEdit: boolean;
  canDelete: boolean;
  canStop: boolean;
  /** One's own messages never count as unread. */
  canUnread: boolean;
}

type Rules = Pick<Room, "kind" | "role" | "is_archived" | "stop_policy">;

/** What the server lets this person do with a message. A running reply is stopped before it is deleted. */
export function messageRights(message: Message, me: string, room: Rules): MessageRights {
  const canWrite = !room.is_archived;
  const isMine = message.author.id === me;
  const isAsker = message.llm?.requested_by === me;
  const isAbove = room.role === "owner" && room.kind !== "direct";
  return {
    canWrite,
    canEdit: canWrite && isMine,
    canDelete: canWrite && !isRunning(message) && (isMine || isAsker || isAbove),
    canStop: room.stop_policy === "everybody" || isAsker || room.role === "owner",
    canUnread: !isMine,
  };
}

export function canRegenerate({ llm }: Message): boolean {
  return llm !== null && (llm.phase === "done" || llm.phase === "stopped");
}
