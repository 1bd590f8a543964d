import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import { notify } from "@/lib/notify";
import type { KeyCreated } from "@/protocol/types";
import { account } from "@/state/account";
import { Button } from "@/ui/Button";
import { Listed } from "@/ui/Listed";
import { ShownOnce } from "@/ui/ShownOnce";
import { SureButton } from "@/ui/SureButton";
import { TextField } from "@/ui/TextField";
import { useList } from "@/ui/useList";

/** Keys with which programs act for this person: made with a name, shown once, revoked at any time. */
export function KeysPart() {
  const { list, reload } = useList(account.keys);
  const [made, setMade] = useState<KeyCreated | null>(null);
  const [error, setError] = useState<string | null>(null);
  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name") ?? "").trim();
    if (!name) return setError("Give the key a name, so that you know it again.");
    setError(null);
    try {
      setMade(await account.createKey(name));
      form.reset();
      reload();
    } catch (cause) {
      setError((cause as Error).message);
    }
  }
  async function revoke(id: string) {
    try {
      await account.revokeKey(id);
      if (made?.id === id) setMade(null);
    } catch (cause) {
      notify("error", (cause as Error).message);
    }
    reload();
  }
  return (
    <>
      <p className="intro">With a key, programs use this server as you: send it as <code>Authorization: Bearer rt_…</code>, also to <code>{location.origin}/v1</code>, which is OpenAI’s API.</p>
      {made ? <ShownOnce secret={made.key} testId="key" onDone={() => setMade(null)}><b>{made.name}</b> is ready. Copy it now: it is not shown again.</ShownOnce> : null}
      <form className="one-line" onSubmit={(event) => void create(event)}>
        <TextField label="New key" name="name" placeholder="What is it for?" maxLength={80} autoComplete="off" data-testid="key-name" error={error} />
        <Button type="submit" look="primary" data-testid="create-key">Create</Button>
      </form>
      <Listed list={list} empty="You have no keys yet." className="listing" onRetry={reload}>
        {(item) => (
          <li key={item.id} data-testid="key-item" data-name={item.name}>
            <KeyRound size={17} aria-hidden="true" />
            <span className="text"><b>{item.name}</b><span><code>{item.prefix}…</code> · {item.last_used_at ? `used ${formatAgo(item.last_used_at)}` : "never used"}</span></span>
            <SureButton label="Revoke" name={item.name} testId="revoke-key" onSure={() => void revoke(item.id)} />
          </li>
        )}
      </Listed>
    </>
  );
}
