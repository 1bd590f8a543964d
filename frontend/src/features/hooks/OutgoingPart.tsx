import { Send } from "lucide-react";
import { type FormEvent, useCallback, useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import { notify } from "@/lib/notify";
import type { OutgoingHook, OutgoingHookCreated } from "@/protocol/types";
import { hooks } from "@/state/hooks";
import { Button } from "@/ui/Button";
import { Listed } from "@/ui/Listed";
import { ShownOnce } from "@/ui/ShownOnce";
import { SureButton } from "@/ui/SureButton";
import { TextField } from "@/ui/TextField";
import { useList } from "@/ui/useList";

function stateOf({ disabled_at, failing_since, last_error, last_delivered_at, waiting }: OutgoingHook): string {
  if (disabled_at) return `switched off ${formatAgo(disabled_at)}: ${last_error ?? ""}`;
  if (failing_since) return `not arriving: ${last_error ?? ""} · first ${formatAgo(failing_since)} · ${waiting} waiting`;
  return last_delivered_at ? `delivered ${formatAgo(last_delivered_at)}` : "nothing posted yet";
}

/** For owners: addresses that this room posts its messages and finished replies to. */
export function OutgoingPart({ room }: { room: string }) {
  const [isAllowed, setAllowed] = useState(true);
  const load = useCallback(async () => {
    const answer = await hooks.outgoing(room);
    setAllowed(answer.is_allowed);
    return answer.hooks;
  }, [room]);
  const { list, reload } = useList(load);
  const [made, setMade] = useState<OutgoingHookCreated | null>(null);
  const [error, setError] = useState<string | null>(null);
  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const [name, url] = [String(data.get("name") ?? "").trim(), String(data.get("url") ?? "").trim()];
    if (!name || !url) return setError("Enter a name and an address.");
    setError(null);
    try {
      setMade(await hooks.createOutgoing(room, { name, url }));
      form.reset();
      reload();
    } catch (cause) {
      setError((cause as Error).message);
    }
  }
  async function attempt(run: () => Promise<void>) {
    try {
      await run();
    } catch (cause) {
      notify("error", (cause as Error).message);
    }
    reload();
  }
  if (!isAllowed) return <p className="muted">This server posts nowhere. Its admin can allow addresses with <code>WEBHOOK_HOSTS</code>.</p>;
  return (
    <>
      {made ? (
        <ShownOnce secret={made.key} testId="outgoing" onDone={() => setMade(null)}>
          <b>{made.hook.name}</b> hears of this room. Copy the key that its posts are signed with: it is not shown again.
        </ShownOnce>
      ) : null}
      <form className="outgoing-form" onSubmit={(event) => void create(event)}>
        <TextField label="New webhook" name="name" placeholder="Who hears of it?" maxLength={80} autoComplete="off" data-testid="outgoing-name" />
        <div className="one-line">
          <TextField label="Address" name="url" placeholder="https://…" inputMode="url" maxLength={2000} autoComplete="off" data-testid="outgoing-url" error={error} />
          <Button type="submit" look="primary" data-testid="create-outgoing">Create</Button>
        </div>
      </form>
      <Listed list={list} empty="This room posts nowhere." className="listing" onRetry={reload}>
        {(hook) => (
          <li key={hook.id} data-testid="outgoing-item" data-name={hook.name}>
            <Send size={17} aria-hidden="true" />
            <span className="text"><b>{hook.name}</b><span>{hook.url}</span><span className={hook.failing_since || hook.disabled_at ? "whole bad" : "whole"}>{stateOf(hook)}</span></span>
            {hook.disabled_at ? <Button isSmall data-testid="enable-outgoing" onClick={() => void attempt(() => hooks.enableOutgoing(room, hook.id))}>Switch on</Button> : null}
            <SureButton label="Delete" name={hook.name} testId="remove-outgoing" onSure={() => void attempt(() => hooks.removeOutgoing(room, hook.id))} />
          </li>
        )}
      </Listed>
    </>
  );
}
