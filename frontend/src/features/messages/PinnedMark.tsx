import { Pin } from "lucide-react";
import type { Message } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";

/** Above a message that is kept at hand for everybody. */
export function PinnedMark({ message }: { message: Message }) {
  const by = useAppState((state) => state.roomStates[message.room]?.members.find(({ id }) => id === message.pinned_by)?.display_name);
  return <p className="pinned-mark" data-testid="pinned-mark"><Pin size={12} aria-hidden="true" />{by ? `Pinned by ${by}` : "Pinned"}</p>;
}
