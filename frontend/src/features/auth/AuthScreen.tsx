import { useRef, useState } from "react";
import { signIns } from "@/state/signIns";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { Logo } from "@/ui/Logo";
import { PasswordField } from "@/ui/PasswordField";
import { TextField } from "@/ui/TextField";
import "./auth.css";
import { END_WORDS } from "./endWords";
import { type AuthMode, useAuthForm } from "./useAuthForm";
import { useSignInWays } from "./useSignInWays";

const WORDS = {
  login: { title: "Sign in", busy: "Signing in…", ask: "New here?", other: "Create an account", name: "", password: "", complete: "current-password" },
  register: {
    title: "Create your account", busy: "Creating your account…", ask: "Already have an account?", other: "Sign in",
    name: "Lower case. Others mention you with it.", password: "At least 8 characters.", complete: "new-password",
  },
};

export function AuthScreen() {
  const form = useRef<HTMLFormElement>(null);
  const ended = useAppState((state) => state.session.ended);
  const { mode, isBusy, submit, toggle, errorAt, general } = useAuthForm(form);
  const words = WORDS[mode];
  const { passwords, provider } = useSignInWays();
  const [problem] = useState(() => signIns.takeProblem());
  return (
    <main className="auth">
      <form ref={form} className="auth-card" data-testid="auth-form" data-mode={mode} onSubmit={(event) => void submit(event)} noValidate>
        <div className="auth-brand"><Logo size={34} /><span>Roundtable</span></div>
        <h1>{words.title}</h1>
        {ended && !general && mode === "login" ? <p className="note info" role="status" data-testid="session-ended">{END_WORDS[ended]}</p> : null}
        {problem && !general ? <p className="note error" role="alert" data-testid="sign-in-problem">{problem}</p> : null}
        {provider ? <a className={passwords ? "btn wide" : "btn primary wide"} data-testid="provider-sign-in" href={signIns.addressOf(provider)}>Sign in with {provider.name}</a> : null}
        {general ? <p className="note error" role="alert" data-testid="auth-error">{general}</p> : null}
        {provider && passwords ? <p className="auth-or">or</p> : null}
        {passwords ? <Fields mode={mode} errorAt={errorAt} isBusy={isBusy} toggle={toggle} /> : null}
      </form>
    </main>
  );
}

interface FieldsProps {
  mode: AuthMode;
  isBusy: boolean;
  errorAt: (field: string) => string | null;
  toggle: () => void;
}

/** User name and password, for an account that is there or a new one. */
function Fields({ mode, isBusy, errorAt, toggle }: FieldsProps) {
  const words = WORDS[mode];
  return (
    <>
      <TextField
        label="Username" name="username" data-testid="username" autoComplete="username" autoCapitalize="none" spellCheck={false}
        autoFocus error={errorAt("username")} maxLength={32} hint={words.name}
      />
      {mode === "register" ? (
        <TextField label="Display name (optional)" name="display_name" data-testid="display-name" autoComplete="name" maxLength={80} error={errorAt("display_name")} />
      ) : null}
      <PasswordField
        label="Password" name="password" data-testid="password" autoComplete={words.complete} error={errorAt("password")} hint={words.password}
      />
      <Button type="submit" look="primary" className="wide" data-testid="auth-submit" disabled={isBusy}>{isBusy ? words.busy : words.title}</Button>
      <p className="auth-toggle">
        {words.ask} <button type="button" className="link" data-testid="auth-toggle" onClick={toggle}>{words.other}</button>
      </p>
    </>
  );
}
