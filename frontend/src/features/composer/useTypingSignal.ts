import { useCallback, useEffect, useRef } from "react";
import { outgoing } from "@/state/outgoing";

const RENEW_MS = 3_000;
const IDLE_MS = 4_000;

/** Tells the room that someone types, at most every few seconds, and when they stopped; and the server which cold model is meant. */
export function useTypingSignal(roomId: string): { type: (cold: string | null) => void; stop: () => void } {
  const told = useRef(0);
  const warming = useRef<string | null>(null);
  const idle = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = useCallback(() => {
    clearTimeout(idle.current);
    if (told.current === 0) return;
    told.current = 0;
    warming.current = null;
    outgoing.typing(roomId, false);
  }, [roomId]);
  const type = useCallback((cold: string | null) => {
    clearTimeout(idle.current);
    idle.current = setTimeout(stop, IDLE_MS);
    const isNew = cold !== null && cold !== warming.current;
    if (!isNew && Date.now() - told.current < RENEW_MS) return;
    told.current = Date.now();
    warming.current = cold;
    outgoing.typing(roomId, true, cold);
  }, [roomId, stop]);
  useEffect(() => stop, [stop]);
  return { type, stop };
}
