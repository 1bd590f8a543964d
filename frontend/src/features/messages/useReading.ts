import { useEffect } from "react";
import { rooms } from "@/state/rooms";

/** Tells the state whether someone is looking at the end of the list. */
export function useReading(isAtEnd: boolean): void {
  useEffect(() => {
    const tell = () => rooms.setReading(isAtEnd && document.visibilityState === "visible" && document.hasFocus());
    tell();
    window.addEventListener("focus", tell);
    window.addEventListener("blur", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      window.removeEventListener("focus", tell);
      window.removeEventListener("blur", tell);
      document.removeEventListener("visibilitychange", tell);
      rooms.setReading(false);
    };
  }, [isAtEnd]);
}
