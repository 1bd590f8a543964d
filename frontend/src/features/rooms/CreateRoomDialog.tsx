import { type FormEvent, useState } from "react";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/TextField";

interface Fault {
  field?: string | null;
  message: string;
}

const POLICIES = [
  { value: "mention", label: "When mentioned", hint: "A model answers where someone writes @ and its name." },
  { value: "always", label: "Always", hint: "A model answers every message." },
] as const;

const KINDS = [
  { value: "public", label: "Public", hint: "Everyone on this server can find it and join." },
  { value: "private", label: "Private", hint: "Only people who are invited can see it." },
] as const;

interface ChoiceProps {
  legend: string;
  name: string;
  options: readonly { value: string; label: string; hint: string }[];
}

function Choice({ legend, name, options }: ChoiceProps) {
  return (
    <fieldset className="kinds">
      <legend>{legend}</legend>
      {options.map(({ value, label, hint }, index) => (
        <label key={value}>
          <input type="radio" name={name} value={value} defaultChecked={index === 0} data-testid={`${name === "kind" ? "kind" : "policy"}-${value}`} />
          <span><b>{label}</b><span>{hint}</span></span>
        </label>
      ))}
    </fieldset>
  );
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
        <Choice legend="Who can see it" name="kind" options={KINDS} />
        <Choice legend="When a model answers" name="reply_policy" options={POLICIES} />
        <div className="actions"><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={isBusy} data-testid="create-room-submit">Create room</Button></div>
      </form>
    </Dialog>
  );
}
