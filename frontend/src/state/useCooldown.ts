import { useEffect, useState } from "react";
import { useAppState } from "./useAppState";

/** Seconds until this room takes a message again, 0 when it does. */
export function useCooldown(roomId: string): number {
  const until = useAppState((state) => state.cooldown[roomId] ?? 0);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (until <= Date.now()) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
