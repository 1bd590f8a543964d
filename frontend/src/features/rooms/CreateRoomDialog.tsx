import { type FormEvent, useState } from "react";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/TextField";
import { Choice } from "./Choice";
import { KINDS, POLICIES } from "./roomWords";

interface Fault {
  field?: string | null;
  message: string;
}

export default function CreateRoomDialog({ onClose, onDone }: { onClose: () => void; onDone: (room: Room) => void }) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const name = String(data.get("name") ?? "").trim().replace(/^#\s*/, "");
    if (!name) return setFault({ field: "name", message: "Give the room a name." });
    setBusy(true);
    try {
      onDone(await rooms.create({ name, topic: String(data.get("topic") ?? "").trim(), kind: data.get("kind") === "private" ? "private" : "public", reply_policy: data.get("reply_policy") === "always" ? "always" : "mention" }));
    } catch (error) {
      setFault(error as Fault);
      setBusy(false);
    }
  }
  const at = (field: string) => (fault?.field === field ? fault.message : null);
  return (
    <Dialog title="Create a room" onClose={onClose}>
      <form className="dialog-form" data-testid="create-room-form" onSubmit={(event) => void submit(event)}>
        {fault && fault.field !== "name" && fault.field !== "topic" ? <p className="note error" role="alert">{fault.message}</p> : null}
        <TextField label="Name" name="name" data-testid="room-name" placeholder="e.g. release-4.2" autoFocus maxLength={80} autoComplete="off" error={at("name")} />
        <TextField label="Topic (optional)" name="topic" data-testid="room-topic" placeholder="What is it about?" maxLength={250} autoComplete="off" error={at("topic")} />
        <Choice legend="Who can see it" name="kind" testId="kind" options={KINDS} />
        <Choice legend="When a model answers" name="reply_policy" testId="policy" options={POLICIES.slice(0, 2)} />
        <div className="actions"><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={isBusy} data-testid="create-room-submit">Create room</Button></div>
      </form>
    </Dialog>
  );
}
