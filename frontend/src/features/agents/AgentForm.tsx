import { type FormEvent, useId, useState } from "react";
import type { Agent, CreateAgent } from "@/protocol/types";
import { shortHandle } from "@/state/shortHandle";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";

const SPEAKS = [
  { value: "mention", label: "When asked by its handle" },
  { value: "always", label: "Answers every message that asks nobody else" },
  { value: "team", label: "Only with the team" },
] as const;

interface Fault {
  field?: string | null;
  message: string;
}

function draftOf(form: HTMLFormElement): CreateAgent {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? "").trim();
  const speaks = SPEAKS.find(({ value }) => value === data.get("speaks"))?.value ?? "mention";
  return { handle: text("handle").toLowerCase().replace(/^@/, ""), name: text("name"), description: text("description"), model: text("model") || "auto", system: text("system"), speaks };
}

function Choices({ label, name, chosen, options }: { label: string; name: string; chosen: string; options: readonly { value: string; label: string }[] }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} defaultValue={chosen} data-testid={`agent-${name}`}>{options.map(({ value, label: words }) => <option key={value} value={value}>{words}</option>)}</select>
    </div>
  );
}

const NEW = { name: "", handle: "", description: "", system: "", model: "auto", speaks: "mention" } as const;

/** The room's own model and those that there are, with the chosen one even where it is away. */
function useModelChoices(chosen: string): { value: string; label: string }[] {
  const models = useAppState((state) => state.models);
  const known = models.map((model) => ({ value: model.handle, label: `${shortHandle(model, models)} · ${model.backend}` }));
  const isGone = chosen !== "auto" && !known.some(({ value }) => value === chosen);
  return [{ value: "auto", label: "The room’s own" }, ...(isGone ? [{ value: chosen, label: `${chosen} (not there now)` }] : []), ...known];
}

/** An agent, new or as it is. */
export function AgentForm({ agent, onSave, onBack }: { agent: Agent | null; onSave: (draft: CreateAgent) => Promise<unknown>; onBack: () => void }) {
  const known = agent ?? NEW;
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const draft = draftOf(event.currentTarget);
    if (!draft.handle || !draft.name) return setFault({ field: draft.name ? "handle" : "name", message: "Fill this in." });
    setBusy(true);
    try {
      await onSave(draft);
    } catch (cause) {
      setFault(cause as Error & Fault);
      setBusy(false);
    }
  }
  const errorOf = (field: string) => (fault?.field === field ? fault.message : null);
  return (
    <form className="dialog-form agent-form" data-testid="agent-form" onSubmit={(event) => void submit(event)}>
      <TextField label="Name" name="name" defaultValue={known.name} maxLength={80} autoFocus error={errorOf("name")} data-testid="agent-name" />
      <TextField label="Handle" name="handle" defaultValue={known.handle} hint="What one types after @. Lower case, no spaces." maxLength={32} autoCapitalize="none" autoComplete="off" spellCheck={false} error={errorOf("handle")} data-testid="agent-handle" />
      <TextField label="What it is for" name="description" defaultValue={known.description} hint="The planner goes by this, too." maxLength={200} data-testid="agent-description" />
      <div className="field"><label htmlFor={id}>What it is told</label><textarea id={id} name="system" defaultValue={known.system} maxLength={4000} data-testid="agent-system" /><span className="hint">Everybody in the room can read this.</span></div>
      <Choices label="Model" name="model" chosen={known.model} options={useModelChoices(known.model)} />
      <Choices label="When it speaks" name="speaks" chosen={known.speaks} options={SPEAKS} />
      {fault && !["name", "handle"].includes(fault.field ?? "") ? <p className="note error" role="alert">{fault.message}</p> : null}
      <div className="actions"><Button onClick={onBack}>Back</Button><Button type="submit" look="primary" disabled={isBusy} data-testid="save-agent">{agent ? "Save" : "Add"}</Button></div>
    </form>
  );
}
