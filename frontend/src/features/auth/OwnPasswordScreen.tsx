import { type FormEvent, useState } from "react";
import { session } from "@/state/session";
import { Button } from "@/ui/Button";
import { Logo } from "@/ui/Logo";
import { PasswordField } from "@/ui/PasswordField";
import "./auth.css";

/** For whoever has signed in with a password that an admin gave them: nothing else before one of their own. */
export function OwnPasswordScreen() {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password") ?? "");
    if (password.length < 8) return setError("Use at least 8 characters.");
    setError(null);
    setBusy(true);
    try {
      await session.choosePassword(password);
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  return (
    <main className="auth">
      <form className="auth-card" onSubmit={(event) => void submit(event)} noValidate>
        <div className="auth-brand"><Logo size={34} /><span>Roundtable</span></div>
        <h1>Choose your password</h1>
        <p className="auth-intro">The one that you signed in with was given to you by an admin. From now on only yours counts.</p>
        <PasswordField label="New password" name="password" data-testid="own-password" autoComplete="new-password" autoFocus error={error} hint="At least 8 characters." />
        <Button type="submit" look="primary" className="wide" data-testid="own-password-submit" disabled={isBusy}>{isBusy ? "Saving…" : "Save and go on"}</Button>
        <p className="auth-toggle"><button type="button" className="link" onClick={() => void session.signOut()}>Sign out</button></p>
      </form>
    </main>
  );
}
