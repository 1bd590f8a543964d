import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";

/** Whether this person wants to hear of the room; it holds on all their devices. */
export function MuteRow({ room }: { room: Room }) {
  return (
    <label className="switch-row">
      <span><b>Mute this room</b><span>It only calls you when a message names you. Nobody else sees that.</span></span>
      <input type="checkbox" role="switch" checked={room.is_muted} data-testid="mute-room" onChange={(event) => void rooms.mute(room.id, event.target.checked)} />
    </label>
  );
}
