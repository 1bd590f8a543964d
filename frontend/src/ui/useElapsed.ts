import { useEffect, useState } from "react";

/** Seconds since `at` (our clock, ms), moving on by itself. */
export function useElapsed(at: number, isRunning: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [isRunning, at]);
  return at === 0 ? 0 : Math.max(0, (now - at) / 1000);
}
