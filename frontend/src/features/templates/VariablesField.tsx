import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { SelectField } from "@/ui/SelectField";
import { TextArea } from "@/ui/TextArea";
import { TextField } from "@/ui/TextField";
import { type DraftVariable, newKey } from "./draft";

const TYPES: readonly { value: DraftVariable["type"]; label: string }[] = [
  { value: "text", label: "A line of text" },
  { value: "longtext", label: "A longer text" },
  { value: "number", label: "A number" },
  { value: "choice", label: "One of several" },
  { value: "switch", label: "On or off" },
];
const MOST = 20;

interface RowProps {
  variable: DraftVariable;
  isNew: boolean;
  onChange: (changes: Partial<DraftVariable>) => void;
  onRemove: () => void;
}

/** Its default: a switch has two, the others what one writes. */
function Preset({ variable, onChange }: Pick<RowProps, "variable" | "onChange">) {
  if (variable.type !== "switch") {
    return <TextField label="Default" placeholder="none" maxLength={200} autoComplete="off" data-testid="variable-default" value={variable.default} onChange={(event) => onChange({ default: event.target.value })} />;
  }
  return <label className="check"><input type="checkbox" checked={variable.default === "yes"} onChange={(event) => onChange({ default: event.target.checked ? "yes" : "" })} /> On at first</label>;
}

function Row({ variable, isNew, onChange, onRemove }: RowProps) {
  return (
    <li className="variable" data-testid="variable" data-name={variable.name}>
      <TextField label="Name" autoFocus={isNew} placeholder="audience" maxLength={40} autoComplete="off" spellCheck={false} data-testid="variable-name" value={variable.name} onChange={(event) => onChange({ name: event.target.value.toLowerCase().replace(/[\s-]/g, "_") })} />
      <TextField label="Asked for as" placeholder="Who reads it" maxLength={80} autoComplete="off" data-testid="variable-label" value={variable.label} onChange={(event) => onChange({ label: event.target.value })} />
      <SelectField label="What it is" options={TYPES} data-testid="variable-type" value={variable.type} onChange={(event) => onChange({ type: event.target.value as DraftVariable["type"], default: "" })} />
      <Preset variable={variable} onChange={onChange} />
      {variable.type === "choice" ? <TextArea spellCheck={false} label="Choices" hint="One on each line." error={null} rows={3} data-testid="variable-choices" value={variable.choices} onChange={(event) => onChange({ choices: event.target.value })} /> : null}
      {variable.type === "switch" ? null : <label className="check"><input type="checkbox" checked={variable.required} data-testid="variable-required" onChange={(event) => onChange({ required: event.target.checked })} /> Must be filled in</label>}
      <IconButton isSmall label={`Remove ${variable.label || variable.name || "this variable"}`} tipAlign="end" data-testid="variable-remove" onClick={onRemove}><X size={15} /></IconButton>
    </li>
  );
}

interface Props {
  variables: DraftVariable[];
  error: string | null;
  onChange: (variables: DraftVariable[]) => void;
}

/** What whoever uses the template fills in beside the message. */
export function VariablesField({ variables, error, onChange }: Props) {
  const [added, setAdded] = useState("");
  const id = useId();
  function add() {
    const variable: DraftVariable = { key: newKey(), name: "", label: "", type: "text", required: false, default: "", choices: "" };
    setAdded(variable.key);
    onChange([...variables, variable]);
  }
  return (
    <section className="variables" aria-labelledby={id}>
      <h3 id={id}>What to fill in</h3>
      {variables.length === 0 ? <p className="muted">Nothing but the message so far.</p> : (
        <ul>
          {variables.map((variable) => (
            <Row
              key={variable.key} variable={variable} isNew={variable.key === added}
              onChange={(changes) => onChange(variables.map((one) => (one === variable ? { ...one, ...changes } : one)))} onRemove={() => onChange(variables.filter((one) => one !== variable))}
            />
          ))}
        </ul>
      )}
      {error ? <p className="note error" role="alert">{error}</p> : null}
      {variables.length < MOST ? <Button isSmall data-testid="add-variable" onClick={add}><Plus size={15} aria-hidden="true" /> Add a variable</Button> : null}
    </section>
  );
}
