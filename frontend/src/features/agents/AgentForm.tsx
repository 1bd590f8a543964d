import { type FormEvent, useState } from "react";
import type { Agent } from "@/protocol/types";
import type { AgentFields } from "@/state/agentFields";
import { useModelChoices } from "@/state/useModelChoices";
import { Button } from "@/ui/Button";
import { SelectField } from "@/ui/SelectField";
import { TextArea } from "@/ui/TextArea";
import { TextField } from "@/ui/TextField";
import "./agents.css";
import { useTemplateChoices } from "./useTemplateChoices";

const SPEAKS = [
  { value: "mention", label: "When asked by its handle" },
  { value: "always", label: "Answers every message that asks nobody else" },
  { value: "team", label: "Only with the team" },
] as const;

interface Fault {
  field?: string | null;
  message: string;
}

function fieldsOf(form: HTMLFormElement): AgentFields {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? "").trim();
  const speaks = SPEAKS.find(({ value }) => value === data.get("speaks"))?.value ?? "mention";
  return { handle: text("handle").toLowerCase().replace(/^@/, ""), name: text("name"), description: text("description"), model: text("model") || "auto", system: text("system"), template: text("template"), speaks };
}

const NEW = { name: "", handle: "", description: "", system: "", model: "auto", template: null, speaks: "mention" } as const;

interface Props {
  agent: Agent | null;
  /** Whose templates it can use, "" for an agent that may come into any room. */
  room: string;
  onSave: (fields: AgentFields) => Promise<unknown>;
  onBack: () => void;
}

/** An agent, new or as it is. */
export function AgentForm({ agent, room, onSave, onBack }: Props) {
  const known = agent ?? NEW;
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);
  const models = useModelChoices(known.model, { value: "auto", label: "The room’s own" });
  const templates = useTemplateChoices(known.template ?? "", room);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = fieldsOf(event.currentTarget);
    if (!fields.handle || !fields.name) return setFault({ field: fields.name ? "handle" : "name", message: "Fill this in." });
    setBusy(true);
    try {
      await onSave(fields);
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
      <TextArea label="What it is told" hint="Everybody in the room can read this." error={errorOf("system")} name="system" defaultValue={known.system} maxLength={4000} data-testid="agent-system" />
      <SelectField label="Model" name="model" defaultValue={known.model} options={models} data-testid="agent-model" />
      <SelectField label="Template" name="template" defaultValue={known.template ?? ""} options={templates} hint="What it is asked is put into this, unless it comes in a template already." data-testid="agent-template" />
      <SelectField label="When it speaks" name="speaks" defaultValue={known.speaks} options={SPEAKS} data-testid="agent-speaks" />
      {fault && !["name", "handle", "system"].includes(fault.field ?? "") ? <p className="note error" role="alert">{fault.message}</p> : null}
      <div className="actions"><Button onClick={onBack}>Back</Button><Button type="submit" look="primary" disabled={isBusy} data-testid="save-agent">{agent ? "Save" : "Add"}</Button></div>
    </form>
  );
}
