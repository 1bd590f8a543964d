import type { Message } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { type MessageRights, messageRights } from "./messageRights";

const UNKNOWN = { kind: "direct", role: null, is_archived: false, stop_policy: "everybody" } as const;

export function useRights(message: Message): MessageRights {
  const me = useAppState((state) => state.session.user?.id ?? "");
  const room = useAppState((state) => state.rooms[message.room]);
  return messageRights(message, me, room ?? UNKNOWN);
}
