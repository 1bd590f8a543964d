import { useState } from "react";
import { rooms } from "@/state/rooms";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

/** Asks before leaving: a private room is not found again without an invitation. */
export default function LeaveDialog({ roomId, onClose }: { roomId: string; onClose: () => void }) {
  const room = useAppState((state) => state.rooms[roomId]);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function leave() {
    setBusy(true);
    try {
      await rooms.leave(roomId);
      onClose();
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  const intro = room?.kind === "private" ? "You can only come back when someone invites you." : "You can come back at any time with Browse rooms.";
  return (
    <Dialog title={`Leave ${room?.name ?? "this room"}?`} intro={intro} onClose={onClose}>
      {error ? <p className="note error" role="alert">{error}</p> : null}
      <div className="actions"><Button onClick={onClose}>Stay</Button><Button look="danger" disabled={isBusy} data-testid="leave-submit" onClick={() => void leave()}>Leave</Button></div>
    </Dialog>
  );
}
