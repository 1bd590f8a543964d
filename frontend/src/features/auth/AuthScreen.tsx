import { Eye, EyeOff } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { session } from "@/state/session";
import { Button } from "@/ui/Button";
import { Logo } from "@/ui/Logo";
import { TextField } from "@/ui/TextField";
import "./auth.css";
import { checkCredentials, type Fault } from "./checkCredentials";

type Mode = "login" | "register";

const WORDS = {
  login: { title: "Sign in", busy: "Signing in…", ask: "New here?", other: "Create an account" },
  register: { title: "Create your account", busy: "Creating your account…", ask: "Already have an account?", other: "Sign in" },
};

function faultOf(error: unknown): Fault {
  const { message, field } = error as { message?: string; field?: string | null };
  return { field: field ?? null, message: message ?? "That did not work. Try again." };
}

export function AuthScreen() {
  const [mode, setMode] = useState<Mode>("login");
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isPasswordShown, setPasswordShown] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const words = WORDS[mode];

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const read = (name: string) => String(data.get(name) ?? "");
    const username = read("username").trim().toLowerCase();
    const found = checkCredentials(mode, username, read("password"));
    setFault(found);
    if (found) return focus(found.field);
    setBusy(true);
    try {
      const displayName = read("display_name").trim();
      const credentials = { username, password: read("password"), ...(displayName && mode === "register" ? { display_name: displayName } : {}) };
      await (mode === "login" ? session.signIn(credentials) : session.register(credentials));
    } catch (error) {
      const refused = faultOf(error);
      setFault(refused);
      setBusy(false);
      focus(refused.field ?? "password");
    }
  }

  function focus(field: string | null) {
    form.current?.querySelector<HTMLInputElement>(`[name="${field ?? "username"}"]`)?.focus();
  }

  function toggle() {
    setMode(mode === "login" ? "register" : "login");
    setFault(null);
    focus("username");
  }

  const errorAt = (field: string) => (fault?.field === field ? fault.message : null);
  const isKnownField = fault?.field === "username" || fault?.field === "password" || (fault?.field === "display_name" && mode === "register");

  return (
    <main className="auth">
      <form ref={form} className="auth-card" data-testid="auth-form" data-mode={mode} onSubmit={(event) => void submit(event)} noValidate>
        <div className="auth-brand"><Logo size={34} /><span>Roundtable</span></div>
        <h1>{words.title}</h1>
        {fault && !isKnownField ? <p className="note error" role="alert" data-testid="auth-error">{fault.message}</p> : null}
        <TextField
          label="Username" name="username" data-testid="username" autoComplete="username" autoCapitalize="none" spellCheck={false}
          autoFocus error={errorAt("username")} maxLength={32} hint={mode === "register" ? "Lower case. Others mention you with it." : ""}
        />
        {mode === "register" ? (
          <TextField label="Display name (optional)" name="display_name" data-testid="display-name" autoComplete="name" maxLength={80} error={errorAt("display_name")} />
        ) : null}
        <TextField
          label="Password" name="password" data-testid="password" type={isPasswordShown ? "text" : "password"}
          autoComplete={mode === "login" ? "current-password" : "new-password"} error={errorAt("password")} maxLength={256}
          hint={mode === "register" ? "At least 8 characters." : ""}
          button={(
            <button type="button" className="icon-btn" aria-label={isPasswordShown ? "Hide password" : "Show password"} onClick={() => setPasswordShown(!isPasswordShown)}>
              {isPasswordShown ? <EyeOff size={17} /> : <Eye size={17} />}
            </button>
          )}
        />
        <Button type="submit" look="primary" className="wide" data-testid="auth-submit" disabled={isBusy}>{isBusy ? words.busy : words.title}</Button>
        <p className="auth-toggle">
          {words.ask} <button type="button" className="link" data-testid="auth-toggle" onClick={toggle}>{words.other}</button>
        </p>
      </form>
    </main>
  );
}
