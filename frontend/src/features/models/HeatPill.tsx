import { roomHeat } from "@/state/roomHeat";
import { useAppState } from "@/state/useAppState";
import "./models.css";

/** How the model of this room is right now: cold, waiting, warming up, answering, warm, or in trouble. */
export function HeatPill({ roomId, onClick }: { roomId: string; onClick: () => void }) {
  const isOnline = useAppState((state) => state.connection.phase === "online");
  const known = useAppState((state) => roomHeat(state, roomId, Date.now()).heat);
  const words = useAppState((state) => roomHeat(state, roomId, Date.now()).label);
  // Without a connection nobody knows how warm it is.
  const heat = isOnline ? known : "none";
  const label = isOnline ? words : "offline";
  return (
    <button type="button" className="heat" data-testid="heat" data-heat={heat} onClick={onClick} aria-label={`Model: ${label}. Show models and members`}>
      <i aria-hidden="true" /><span>{label}</span>
    </button>
  );
}
