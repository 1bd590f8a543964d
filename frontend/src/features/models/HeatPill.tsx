import { roomHeat } from "@/state/roomHeat";
import { useAppState } from "@/state/useAppState";
import "./models.css";

/** How the model of this room is right now: cold, waiting, warming up, answering, warm, or in trouble. */
export function HeatPill({ roomId, onClick }: { roomId: string; onClick: () => void }) {
  const heat = useAppState((state) => roomHeat(state, roomId, Date.now()).heat);
  const label = useAppState((state) => roomHeat(state, roomId, Date.now()).label);
  return (
    <button type="button" className="heat" data-testid="heat" data-heat={heat} onClick={onClick} aria-label={`Model: ${label}. Show models and members`}>
      <i aria-hidden="true" /><span>{label}</span>
    </button>
  );
}
