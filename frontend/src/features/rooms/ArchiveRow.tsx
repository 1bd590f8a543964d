import { useState } from "react";
import { notify } from "@/lib/notify";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";

/** For owners: keeps the room for reading only, or takes it into use again. Both can be taken back, so nothing is asked. */
export function ArchiveRow({ room }: { room: Room }) {
  const [isBusy, setBusy] = useState(false);
  async function archive() {
    setBusy(true);
    try {
      await rooms.archive(room.id, !room.is_archived);
      notify("success", room.is_archived ? `#${room.name} is in use again` : `#${room.name} is archived`);
    } catch (error) {
      notify("error", (error as Error).message);
    }
    setBusy(false);
  }
  return (
    <div className="action-row">
      {room.is_archived
        ? <span><b>Use this room again</b><span>People can write here as before.</span></span>
        : <span><b>Archive this room</b><span>Everybody in it can read and search it, and nobody writes, reacts or asks a model. You can take it back.</span></span>}
      <Button isSmall disabled={isBusy} data-testid="archive-room" onClick={() => void archive()}>{room.is_archived ? "Use again" : "Archive"}</Button>
    </div>
  );
}
