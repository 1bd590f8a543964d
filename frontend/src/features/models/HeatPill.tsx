import { useEffect, useState } from "react";
import { ERROR_SHOWN_MS, roomHeat } from "@/state/roomHeat";
import { useAppState } from "@/state/useAppState";
import "./models.css";

/** A timer may be a little early by the clock. */
const SLACK_MS = 50;

/** Draws the pill again when a failure has been shown for long enough: no event may come by then. */
function useFailureEnd(roomId: string): void {
  const failedAt = useAppState((state) => state.failures[roomId]);
  const [, redraw] = useState(0);
  useEffect(() => {
    if (failedAt === undefined) return;
    const timer = setTimeout(() => redraw(failedAt), Math.max(0, failedAt + ERROR_SHOWN_MS - Date.now()) + SLACK_MS);
    return () => clearTimeout(timer);
  }, [failedAt]);
}

/** How the model of this room is right now: cold, waiting, warming up, answering, warm, or in trouble. */
export function HeatPill({ roomId, onClick }: { roomId: string; onClick: () => void }) {
  useFailureEnd(roomId);
  const known = useAppState((state) => {
    const { heat, name, word } = roomHeat(state, roomId, Date.now());
    // Without a connection nobody knows how warm it is. One string, so that nothing is drawn when nothing has changed.
    return state.connection.phase === "online" ? [heat, name, word].join("|") : "none||offline";
  });
  const [heat, name, word] = known.split("|");
  return (
    <button type="button" className="heat" data-testid="heat" data-heat={heat} onClick={onClick}>
      <i aria-hidden="true" /><span className={word ? "heat-name" : ""}>{name} </span>{word ? <span>{word}</span> : null}
      <span className="sr-only">. Show models and members</span>
    </button>
  );
}
