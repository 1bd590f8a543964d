import { type FormEvent, useState } from "react";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";
import { Choice } from "./Choice";
import { ModelField } from "./ModelField";
import { KIND_CHANGES, KINDS, POLICIES, STOPPERS } from "./roomWords";

interface Fault {
  field?: string | null;
  message: string;
}

function policyOf(value: FormDataEntryValue | null): Room["reply_policy"] {
  return value === "always" || value === "team" || value === "off" ? value : "mention";
}

function kindOf(value: FormDataEntryValue | null): "public" | "private" | null {
  return value === "public" || value === "private" ? value : null;
}

/** Everybody is in `general`, so it stays public. */
function KindChoice({ room }: { room: Room }) {
  const [kind, setKind] = useState<string>(room.kind);
  if (room.slug === "general") return <p className="privacy"><b>Public.</b> Everybody is in this room, so it stays so.</p>;
  return (
    <>
      <Choice legend="Who can see it" name="kind" testId="kind" options={KINDS} chosen={room.kind} onChoose={setKind} />
      {kind === room.kind ? null : <p className="note kind-change" role="status" data-testid="kind-change">{KIND_CHANGES[kind === "private" ? "private" : "public"]}</p>}
    </>
  );
}

/** For owners: what everybody in the room sees and how its model behaves. */
export function SettingsForm({ room, onDone }: { room: Room; onDone: () => void }) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const name = String(data.get("name") ?? "").trim().replace(/^#\s*/, "");
    if (!name) return setFault({ field: "name", message: "Give the room a name." });
    const model = String(data.get("model") ?? "");
    setBusy(true);
    try {
      await rooms.change(room.id, {
        name, topic: String(data.get("topic") ?? "").trim(), kind: kindOf(data.get("kind")), reply_policy: policyOf(data.get("reply_policy")),
        stop_policy: data.get("stop_policy") === "asker" ? "asker" : "everybody", models: model ? [model] : [],
      });
      onDone();
    } catch (error) {
      setFault(error as Fault);
      setBusy(false);
    }
  }
  const at = (field: string) => (fault?.field === field ? fault.message : null);
  return (
    <form className="dialog-form" data-testid="room-settings-form" onSubmit={(event) => void submit(event)}>
      {fault && fault.field !== "name" && fault.field !== "topic" ? <p className="note error" role="alert">{fault.message}</p> : null}
      <TextField label="Name" name="name" data-testid="room-name" defaultValue={room.name} maxLength={80} autoComplete="off" error={at("name")} />
      <TextField label="Topic" name="topic" data-testid="room-topic" defaultValue={room.topic} placeholder="What is it about?" maxLength={250} autoComplete="off" error={at("topic")} />
      <KindChoice room={room} />
      <Choice legend="When a model answers" name="reply_policy" testId="policy" options={POLICIES} chosen={room.reply_policy} />
      <ModelField chosen={room.models[0] ?? ""} />
      <Choice legend="Who may stop a reply" name="stop_policy" testId="stop" options={STOPPERS} chosen={room.stop_policy} />
      <div className="actions"><Button type="submit" look="primary" disabled={isBusy} data-testid="room-settings-submit">Save</Button></div>
    </form>
  );
}
