import { Webhook } from "lucide-react";
import { type FormEvent, useCallback, useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import { notify } from "@/lib/notify";
import { hooks, type NewHook } from "@/state/hooks";
import { Button } from "@/ui/Button";
import { Listed } from "@/ui/Listed";
import { ShownOnce } from "@/ui/ShownOnce";
import { SureButton } from "@/ui/SureButton";
import { TextField } from "@/ui/TextField";
import { useList } from "@/ui/useList";
import "./hooks.css";
import { OutgoingPart } from "./OutgoingPart";

/** For owners: addresses by which programs post into this room, each as a bot of its own, and those that it posts to. */
export default function HooksPart({ room }: { room: string }) {
  const load = useCallback(() => hooks.list(room), [room]);
  const { list, reload } = useList(load);
  const [made, setMade] = useState<NewHook | null>(null);
  const [error, setError] = useState<string | null>(null);
  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name") ?? "").trim();
    if (!name) return setError("Give it a name: the bot is called so.");
    setError(null);
    try {
      setMade(await hooks.create(room, name));
      form.reset();
      reload();
    } catch (cause) {
      setError((cause as Error).message);
    }
  }
  async function remove(id: string) {
    try {
      await hooks.remove(room, id);
      if (made?.hook.id === id) setMade(null);
    } catch (cause) {
      notify("error", (cause as Error).message);
    }
    reload();
  }
  return (
    <section className="hooks" aria-label="Webhooks">
      <h3>Into this room</h3>
      <p className="intro">Whoever has the address of a webhook can post here with it, without an account.</p>
      {made ? (
        <ShownOnce secret={made.address} testId="hook" onDone={() => setMade(null)}>
          <b>{made.hook.bot.display_name}</b> is in the room. Copy its address now: it is not shown again. What to post there: <code>{'{"text": "Build 7 is green"}'}</code>
        </ShownOnce>
      ) : null}
      <form className="one-line" onSubmit={(event) => void create(event)}>
        <TextField label="New webhook" name="name" placeholder="What posts here?" maxLength={80} autoComplete="off" data-testid="hook-name" error={error} />
        <Button type="submit" look="primary" data-testid="create-hook">Create</Button>
      </form>
      <Listed list={list} empty="No program posts here." className="listing" onRetry={reload}>
        {({ id, bot, prefix, last_used_at }) => (
          <li key={id} data-testid="hook-item" data-name={bot.display_name}>
            <Webhook size={17} aria-hidden="true" />
            <span className="text"><b>{bot.display_name}</b><span className="whole">@{bot.username} · <code>{prefix}…</code> · {last_used_at ? `used ${formatAgo(last_used_at)}` : "never used"}</span></span>
            <SureButton label="Delete" name={bot.display_name} testId="remove-hook" onSure={() => void remove(id)} />
          </li>
        )}
      </Listed>
      <h3>Out of this room</h3>
      <p className="intro">What people write here, and what models have answered, is posted to an address, signed.</p>
      <OutgoingPart room={room} />
    </section>
  );
}
