import { type FormEvent, useState } from "react";
import { notify } from "@/lib/notify";
import { account } from "@/state/account";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";
import { SignInPart } from "./SignInPart";

/** How one is called, and what opens the account. */
export function ProfilePart() {
  const me = useAppState((state) => state.session.user);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (!me) return null;
  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (!name) return setError("Write a name first.");
    setError(null);
    setBusy(true);
    try {
      await account.changeName(name);
      notify("success", `You are ${name} from now on`);
    } catch (cause) {
      setError((cause as Error).message);
    }
    setBusy(false);
  }
  return (
    <>
      <form className="profile-form" onSubmit={(event) => void save(event)}>
        <TextField
          label="Display name" name="name" defaultValue={me.display_name} maxLength={80} autoComplete="name" data-testid="profile-name" error={error}
          hint={`Everybody sees it at once, on your old messages too. People still mention you as @${me.username}.`}
        />
        <Button type="submit" look="primary" disabled={isBusy} data-testid="profile-save">Save name</Button>
      </form>
      <SignInPart username={me.username} />
    </>
  );
}
