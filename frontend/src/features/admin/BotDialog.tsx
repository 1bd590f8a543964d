import { type FormEvent, useState } from "react";
import type { BotCreated } from "@/protocol/types";
import { admin } from "@/state/admin";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Secret } from "@/ui/Secret";
import { TextField } from "@/ui/TextField";

/** Makes an account for a program, and shows its key. */
export function BotDialog({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
  const [made, setMade] = useState<BotCreated | null>(null);
  const [error, setError] = useState<string | null>(null);
  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (!name) return setError("Give it a name: messages show it.");
    try {
      setMade(await admin.makeBot(name));
      onMade();
    } catch (cause) {
      setError((cause as Error).message);
    }
  }
  if (made) {
    return (
      <Dialog title={`The key of ${made.person.display_name}`} intro={`It is not shown again. Bring the bot into a room by inviting ${made.person.username}.`} onClose={onClose}>
        <Secret secret={made.key} testId="bot" />
        <div className="actions"><Button look="primary" data-testid="bot-done" onClick={onClose}>Done</Button></div>
      </Dialog>
    );
  }
  return (
    <Dialog title="New bot" intro="An account for a program. It sees only the rooms that somebody brings it into." onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void create(event)}>
        <TextField label="Name" name="name" maxLength={80} autoFocus autoComplete="off" data-testid="bot-name" error={error} />
        <div className="actions"><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" data-testid="bot-submit">Make it</Button></div>
      </form>
    </Dialog>
  );
}
