import { type FormEvent, useState } from "react";
import { notify } from "@/lib/notify";
import { rooms } from "@/state/rooms";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/TextField";

/** Asks for a username and lets that person into the room. */
export default function InviteDialog({ roomId, onClose }: { roomId: string; onClose: () => void }) {
  const room = useAppState((state) => state.rooms[roomId]);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const username = String(new FormData(event.currentTarget).get("username") ?? "").trim().toLowerCase().replace(/^@/, "");
    if (!username) return setError("Enter the username of the person to invite.");
    setBusy(true);
    try {
      await rooms.invite(roomId, username);
      notify("success", `${username} is in ${room?.name ?? "the room"} now`);
      onClose();
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  return (
    <Dialog title={`Invite to ${room?.name ?? "this room"}`} intro="They see the whole history of the room." onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="dialog-form">
        <TextField label="Username" name="username" data-testid="invite-username" autoFocus autoCapitalize="none" autoComplete="off" spellCheck={false} error={error} />
        <div className="actions"><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={isBusy} data-testid="invite-submit">Invite</Button></div>
      </form>
    </Dialog>
  );
}
