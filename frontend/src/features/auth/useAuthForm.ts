import { type FormEvent, type RefObject, useState } from "react";
import type { Credentials } from "@/protocol/types";
import { session } from "@/state/session";
import { checkCredentials, type Fault } from "./checkCredentials";

export type AuthMode = "login" | "register";

function faultOf(error: unknown): Fault {
  const { message, field } = error as { message?: string; field?: string | null };
  return { field: field ?? null, message: message ?? "That did not work. Try again." };
}

function read(form: HTMLFormElement, mode: AuthMode): Credentials {
  const data = new FormData(form);
  const value = (name: string) => String(data.get(name) ?? "");
  const credentials = { username: value("username").trim().toLowerCase(), password: value("password") };
  const displayName = value("display_name").trim();
  return mode === "register" && displayName ? { ...credentials, display_name: displayName } : credentials;
}

/** Signs in or creates the account, and knows which field is at fault. */
export function useAuthForm(form: RefObject<HTMLFormElement | null>) {
  const [mode, setMode] = useState<AuthMode>("login");
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);

  function focus(field: string) {
    form.current?.querySelector<HTMLInputElement>(`[name="${field}"]`)?.focus();
  }

  function show(found: Fault) {
    setFault(found);
    setBusy(false);
    focus(found.field ?? "password");
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const credentials = read(event.currentTarget, mode);
    const found = checkCredentials(mode, credentials.username, credentials.password);
    if (found) return show(found);
    setFault(null);
    setBusy(true);
    try {
      await (mode === "login" ? session.signIn(credentials) : session.register(credentials));
    } catch (error) {
      show(faultOf(error));
    }
  }

  function toggle() {
    setMode(mode === "login" ? "register" : "login");
    setFault(null);
    focus("username");
  }

  const fields = mode === "login" ? ["username", "password"] : ["username", "display_name", "password"];
  const errorAt = (field: string): string | null => (fault?.field === field ? fault.message : null);
  return { mode, isBusy, submit, toggle, errorAt, general: fault && !fields.includes(fault.field ?? "") ? fault.message : null };
}
