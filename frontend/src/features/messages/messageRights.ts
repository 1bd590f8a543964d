import type { Member, Message, Room } from "@/protocol/types";
import { isRunning } from "@/state/replyPhase";

export interface MessageRights {
  canEdit: boolean;
  canDelete: boolean;
}

/** What the server lets this person do with a message beyond what every member may. A running reply is stopped first. */
export function messageRights(message: Message, me: string, role: Member["role"] | undefined, kind: Room["kind"]): MessageRights {
  const isMine = message.author.id === me;
  const isAsker = message.llm?.requested_by === me;
  const isAbove = role === "owner" && kind !== "direct";
  return { canEdit: isMine, canDelete: !isRunning(message) && (isMine || isAsker || isAbove) };
}

export function canRegenerate({ llm }: Message): boolean {
  return llm !== null && (llm.phase === "done" || llm.phase === "stopped");
}
