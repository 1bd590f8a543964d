import { useEffect, useState } from "react";
import { useAppState } from "@/state/useAppState";
import "./connection.css";

const SHOWN_MS = 4_000;

function words(phase: string, waiting: number): string {
  const queued = waiting === 0 ? "" : ` ${waiting} ${waiting === 1 ? "message waits" : "messages wait"} to be sent.`;
  if (phase === "restarting") return `The server is restarting…${queued}`;
  return `Reconnecting…${queued}`;
}

function backWords(caughtUp: number): string {
  if (caughtUp === 0) return "Back online";
  return `Back online, ${caughtUp} ${caughtUp === 1 ? "message" : "messages"} caught up`;
}

/** Says when the connection is gone, what waits, and that it is back. */
export function ConnectionBanner() {
  const { phase, caughtUp } = useAppState((state) => state.connection);
  const waiting = useAppState((state) => state.outbox.filter((item) => item.state === "sending").length);
  const connection = useAppState((state) => state.connection);
  const [seen, setSeen] = useState<object | null>(null);
  const isBack = phase === "online" && caughtUp !== null && seen !== connection;
  useEffect(() => {
    if (phase !== "online" || caughtUp === null) return;
    const timer = setTimeout(() => setSeen(connection), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [connection, phase, caughtUp]);
  const isLost = phase === "offline" || phase === "restarting";
  if (!isLost && !isBack) return <div role="status" aria-live="polite" className="sr-only" />;
  return (
    <div className={`banner ${isLost ? "lost" : "back"}`} role="status" aria-live="polite" data-testid="connection-banner" data-phase={isLost ? phase : "online"}>
      {isLost ? <span className="spinner" aria-hidden="true" /> : <span className="dot" aria-hidden="true" />}
      {isLost ? words(phase, waiting) : backWords(caughtUp ?? 0)}
    </div>
  );
}
