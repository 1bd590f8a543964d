import { Archive } from "lucide-react";
import { useState } from "react";
import { notify } from "@/lib/notify";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";

/** In place of the message field of an archived room; owners take it into use again. */
export function ArchivedBar({ room }: { room: Room }) {
  const [isBusy, setBusy] = useState(false);
  async function unarchive() {
    setBusy(true);
    try {
      await rooms.archive(room.id, false);
    } catch (error) {
      notify("error", (error as Error).message);
      setBusy(false);
    }
  }
  return (
    <div className="archived-bar" data-testid="archived-bar">
      <Archive size={16} aria-hidden="true" /><span>This room is archived. It can be read and searched, and nobody writes here.</span>
      {room.role === "owner" ? <Button isSmall disabled={isBusy} data-testid="unarchive" onClick={() => void unarchive()}>Use it again</Button> : null}
    </div>
  );
}
