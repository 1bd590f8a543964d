import { useCallback, useEffect, useRef } from "react";
import { outgoing } from "@/state/outgoing";

const RENEW_MS = 3_000;
const IDLE_MS = 4_000;

/** Tells the room that someone types, at most every few seconds, and when they stopped. */
export function useTypingSignal(roomId: string): { type: () => void; stop: () => void } {
  const told = useRef(0);
  const idle = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = useCallback(() => {
    clearTimeout(idle.current);
    if (told.current === 0) return;
    told.current = 0;
    outgoing.typing(roomId, false);
  }, [roomId]);
  const type = useCallback(() => {
    clearTimeout(idle.current);
    idle.current = setTimeout(stop, IDLE_MS);
    if (Date.now() - told.current < RENEW_MS) return;
    told.current = Date.now();
    outgoing.typing(roomId, true);
  }, [roomId, stop]);
  useEffect(() => stop, [stop]);
  return { type, stop };
}
