import { type FormEvent, useState } from "react";
import { account } from "@/state/account";
import { Button } from "@/ui/Button";
import { PasswordField } from "@/ui/PasswordField";

interface Fault {
  field: string | null;
  message: string;
}

function ending(count: number): string {
  const others = count === 0 ? "You were signed in nowhere else" : count === 1 ? "One other sign-in was ended" : `${count} other sign-ins were ended`;
  return `Your password is changed. ${others}; your API keys go on working.`;
}

/** Another password; it takes the present one, and ends all other sessions. */
export function PasswordPart({ username }: { username: string }) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const value = (name: string) => String(new FormData(form).get(name) ?? "");
    setDone(null);
    if (!value("current")) return setFault({ field: "current_password", message: "Enter your current password." });
    if (value("new").length < 8) return setFault({ field: "new_password", message: "Use at least 8 characters." });
    setFault(null);
    setBusy(true);
    try {
      setDone(ending(await account.changePassword(value("current"), value("new"))));
      form.reset();
    } catch (cause) {
      const { field, message } = cause as { field?: string | null; message: string };
      setFault({ field: field ?? null, message });
    }
    setBusy(false);
  }
  const errorAt = (field: string): string | null => (fault?.field === field ? fault.message : null);
  const isElsewhere = fault && fault.field !== "current_password" && fault.field !== "new_password";
  return (
    <form className="profile-form" data-testid="password-form" onSubmit={(event) => void save(event)} noValidate>
      <h3>Password</h3>
      <input hidden autoComplete="username" value={username} readOnly />
      <PasswordField label="Current password" name="current" data-testid="current-password" autoComplete="current-password" error={errorAt("current_password")} />
      <PasswordField label="New password" name="new" data-testid="new-password" autoComplete="new-password" error={errorAt("new_password")} hint="At least 8 characters. All your other browsers are signed out; API keys stay." />
      {isElsewhere ? <p className="note error" role="alert">{fault.message}</p> : null}
      {done ? <p className="note info" role="status" data-testid="password-done">{done}</p> : null}
      <Button type="submit" disabled={isBusy} data-testid="password-save">Change password</Button>
    </form>
  );
}
