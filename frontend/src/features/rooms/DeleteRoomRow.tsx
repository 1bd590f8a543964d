import { type FormEvent, useState } from "react";
import { notify } from "@/lib/notify";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";

/** For owners and admins: gone for everybody and for good, so the room's name has to be typed. */
export function DeleteRoomRow({ room, onDone }: { room: Room; onDone: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isSame = typed.trim().replace(/^#\s*/, "") === room.name;
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!isSame) return setError(`Type the room’s name, ${room.name}, to delete it.`);
    setBusy(true);
    try {
      await rooms.remove(room.id);
      notify("success", `#${room.name} is deleted`);
      onDone();
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  const words = <span><b>Delete this room for good</b><span>Everything that was written here is gone for everybody, and nobody can bring it back.</span></span>;
  if (!isAsked) return <div className="action-row">{words}<Button isSmall look="danger" data-testid="delete-room" onClick={() => setAsked(true)}>Delete…</Button></div>;
  return (
    <form className="action-row asked" onSubmit={(event) => void submit(event)}>
      {words}
      <TextField label={`Type ${room.name} to confirm`} name="confirm" data-testid="delete-room-name" autoFocus autoComplete="off" spellCheck={false} value={typed} error={error} onChange={(event) => { setTyped(event.target.value); setError(null); }} />
      <div className="actions">
        <Button onClick={() => setAsked(false)}>Keep it</Button>
        <Button type="submit" look="danger" disabled={isBusy || !isSame} data-testid="delete-room-submit">Delete #{room.name}</Button>
      </div>
    </form>
  );
}
