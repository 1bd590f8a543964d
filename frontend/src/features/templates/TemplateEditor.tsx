import { ArrowLeft } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { notify } from "@/lib/notify";
import type { Template } from "@/protocol/types";
import { templateChanges } from "@/state/templateChanges";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/TextArea";
import { TextField } from "@/ui/TextField";
import { contentOf, type Draft, type Fault, faultAt } from "./draft";
import { MoreFields } from "./MoreFields";
import { TemplatePreview } from "./TemplatePreview";
import { useCheck } from "./useCheck";
import { VariablesField } from "./VariablesField";

const MESSAGE = "The message as somebody has written it.";

interface Props {
  /** "" for a template of one's own. */
  room: string;
  /** What is being changed; null for a new one. */
  template: Template | null;
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Away from it, to come back to it later. */
  onBack: () => void;
  /** It is saved or given up. */
  onDone: () => void;
}

/** Puts `{{ name }}` where the caret of the body is. */
function Insert({ names, onInsert }: { names: readonly string[]; onInsert: (name: string) => void }) {
  return (
    <p className="insert" role="group" aria-label="Put into the text">
      {["content", ...names.filter(Boolean)].map((name) => (
        <button type="button" key={name} data-testid="insert-name" data-name={name} onClick={() => onInsert(name)}><code>{`{{ ${name} }}`}</code></button>
      ))}
    </p>
  );
}

/** Whether what was written is kept, and what the server has against it. */
function useSaving({ room, template, draft, onDone }: Props) {
  const [refusal, setRefusal] = useState<{ of: Draft; fault: Fault } | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function save(event: FormEvent) {
    event.preventDefault();
    if (!draft.title.trim()) return setRefusal({ of: draft, fault: { field: "title", message: "Give the template a title." } });
    setBusy(true);
    try {
      const { title } = await (template ? templateChanges.change(template, contentOf(draft)) : templateChanges.create(room, contentOf(draft)));
      notify("success", `“${title}” is saved`);
      onDone();
    } catch (cause) {
      setRefusal({ of: draft, fault: cause as Fault });
      setBusy(false);
    }
  }
  return { save, isBusy, fault: refusal?.of === draft ? refusal.fault : null };
}

/** Everything that a template is made of, and beside it what comes of it. */
export function TemplateEditor(props: Props) {
  const { template, draft, onChange, onBack, onDone } = props;
  const [message, setMessage] = useState(MESSAGE);
  const body = useRef<HTMLTextAreaElement>(null);
  const checked = useCheck(contentOf(draft), message);
  const saving = useSaving(props);
  const fault = saving.fault ?? (checked && "fault" in checked ? checked.fault : null);
  const set = (changes: Partial<Draft>) => onChange({ ...draft, ...changes });
  const isElsewhere = saving.fault && !["title", "body", "system", "output", "variables"].some((part) => faultAt(saving.fault, part));
  function insert(name: string) {
    const at = body.current?.selectionStart ?? draft.body.length;
    set({ body: `${draft.body.slice(0, at)}{{ ${name} }}${draft.body.slice(at)}` });
    body.current?.focus();
  }
  return (
    <form className="template-editor" data-testid="template-editor" onSubmit={(event) => void saving.save(event)}>
      <div className="template-parts">
        <Button isSmall look="quiet" className="back" data-testid="template-back" onClick={onBack}><ArrowLeft size={15} aria-hidden="true" /> All templates</Button>
        <div className="template-pair">
          <TextField label="Title" autoFocus maxLength={80} autoComplete="off" placeholder="Release notes" data-testid="template-title" value={draft.title} error={faultAt(fault, "title")} onChange={(event) => set({ title: event.target.value })} />
          <TextField label="Description" maxLength={200} autoComplete="off" placeholder="What it is good for" data-testid="template-description" value={draft.description} onChange={(event) => set({ description: event.target.value })} />
        </div>
        <TextField label="What to write" hint="Stands in the empty message field." maxLength={80} autoComplete="off" placeholder="The commits since the last release" value={draft.placeholder} onChange={(event) => set({ placeholder: event.target.value })} />
        <TextArea spellCheck={false} ref={body} label="What the model is asked" rows={8} maxLength={20_000} hint="{{ content }} is the message. {% if name %} … {% endif %} is there only if that was filled in." data-testid="template-body" value={draft.body} error={faultAt(fault, "body")} onChange={(event) => set({ body: event.target.value })} />
        <Insert names={draft.variables.map(({ name }) => name)} onInsert={insert} />
        <VariablesField variables={draft.variables} error={faultAt(fault, "variables")} onChange={(variables) => set({ variables })} />
        <TextArea spellCheck={false} label="What it is told before" rows={3} maxLength={20_000} hint="Who it is and what it must never do. Optional." data-testid="template-system" value={draft.system} error={faultAt(fault, "system")} onChange={(event) => set({ system: event.target.value })} />
        <TextArea spellCheck={false} label="How it is to answer" rows={2} maxLength={2_000} hint="A table, one sentence, JSON … Optional." data-testid="template-output" value={draft.output} error={faultAt(fault, "output")} onChange={(event) => set({ output: event.target.value })} />
        <MoreFields draft={draft} onChange={set} />
      </div>
      <TemplatePreview checked={checked} message={message} onMessage={setMessage} />
      <div className="actions">
        {isElsewhere ? <p className="note error" role="alert">{saving.fault?.message}</p> : null}
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="primary" disabled={saving.isBusy} data-testid="template-save">{template ? "Save as a new version" : "Make the template"}</Button>
      </div>
    </form>
  );
}
