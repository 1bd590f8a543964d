import { useState } from "react";
import { notify } from "@/lib/notify";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";

/** Shown in place of the messages of a public room that one has not joined. */
export function JoinPrompt({ room, onDone }: { room: Room; onDone: (room: Room) => void }) {
  const [isBusy, setBusy] = useState(false);
  async function join() {
    setBusy(true);
    try {
      onDone(await rooms.join(room.id));
    } catch (error) {
      notify("error", (error as Error).message);
      setBusy(false);
    }
  }
  return (
    <div className="room-gap">
      <h2>#{room.name}</h2><p className="muted">{room.topic || "You are not in this room yet."}</p>
      <Button look="primary" disabled={isBusy} data-testid="join-here" onClick={() => void join()}>Join this room</Button>
    </div>
  );
}
