import { useEffect, useState } from "react";
import { useAppState } from "@/state/useAppState";
import { Logo } from "@/ui/Logo";
import "./app.css";

const PATIENCE_MS = 1_200;

/** Until the first answer of the server; it only speaks up when that takes long. */
export function Splash() {
  const phase = useAppState((state) => state.connection.phase);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="splash">
      <Logo size={44} />
      <p role="status">{phase === "offline" ? "The server cannot be reached. Trying again…" : isLong ? "Connecting…" : ""}</p>
    </main>
  );
}
