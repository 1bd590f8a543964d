import type { Message } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { type MessageRights, messageRights } from "./messageRights";

export function useRights(message: Message): MessageRights {
  const me = useAppState((state) => state.session.user?.id ?? "");
  const role = useAppState((state) => state.rooms[message.room]?.role ?? undefined);
  const kind = useAppState((state) => state.rooms[message.room]?.kind ?? "direct");
  return messageRights(message, me, role, kind);
}
