import { useDirectPresence } from "@/state/useDirectPresence";

/** Whether the other one in a direct room is here, as a dot and as a word for those who do not see it. */
export function DirectMark({ roomId }: { roomId: string }) {
  const presence = useDirectPresence(roomId);
  return <span className="dot" role="img" aria-label={presence} data-testid="direct-presence" data-presence={presence} data-on={presence === "offline" ? "false" : presence} />;
}
