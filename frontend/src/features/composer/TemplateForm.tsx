import { Sparkles, X } from "lucide-react";
import { type KeyboardEvent, useId } from "react";
import type { TemplateVariable } from "@/protocol/types";
import { type FilledTemplate, wrongWith } from "@/state/filledTemplate";
import { IconButton } from "@/ui/IconButton";

interface FieldProps {
  variable: TemplateVariable;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

function Control({ variable, value, error, onChange, id }: FieldProps & { id: string }) {
  const shared = {
    id, name: variable.name, value, "data-testid": "template-field", "data-name": variable.name, "aria-required": variable.required,
    ...(error ? { "aria-invalid": true, "aria-describedby": `${id}-error` } : {}),
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  if (variable.type === "longtext") return <textarea rows={3} maxLength={16_000} {...shared} />;
  if (variable.type === "choice") {
    return (
      <select {...shared}>
        {variable.default ? null : <option value="">Choose…</option>}
        {variable.choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
      </select>
    );
  }
  if (variable.type === "switch") {
    const isOn = value === "yes";
    return <input type="checkbox" {...shared} checked={isOn} onChange={() => onChange(isOn ? "no" : "yes")} />;
  }
  return <input autoComplete="off" maxLength={200} {...(variable.type === "number" ? { inputMode: "decimal" as const } : {})} placeholder={variable.required ? "" : "optional"} {...shared} />;
}

const FIELD_CLASS: Partial<Record<TemplateVariable["type"], string>> = { longtext: "wide", switch: "switch" };

function Field(props: FieldProps) {
  const id = useId();
  const { variable, error } = props;
  return (
    <div className={`field ${FIELD_CLASS[variable.type] ?? ""}`}>
      <label htmlFor={id}>{variable.label}{variable.required ? <span className="muted"> (needed)</span> : null}</label>
      <Control {...props} id={id} />
      {error ? <span className="error" id={`${id}-error`} role="alert">{error}</span> : null}
    </div>
  );
}

interface Props {
  filled: FilledTemplate;
  /** Whether what is wrong is shown: not before somebody wanted to send it. */
  isChecked: boolean;
  onChange: (filled: FilledTemplate) => void;
  onRemove: () => void;
  /** Enter in a line goes on to the message. */
  onDone: () => void;
}

/** Above the text: the template that the message is put into, and what there is to fill in. */
export function TemplateForm({ filled, isChecked, onChange, onRemove, onDone }: Props) {
  const { template, values } = filled;
  function onKeyDown(event: KeyboardEvent) {
    const isLine = event.target instanceof HTMLInputElement && event.key === "Enter" && !event.nativeEvent.isComposing;
    if (!isLine && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onDone();
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys of its fields, gathered
    <section className="template-form" aria-label={`Template ${template.title}`} data-testid="template-form" data-template={template.id} onKeyDown={onKeyDown}>
      <header>
        <Sparkles size={15} aria-hidden="true" /><b>{template.title}</b><span className="template-about">{template.description}</span>
        <IconButton isSmall label="Use no template" tipAlign="end" data-testid="template-remove" onClick={onRemove}><X size={15} /></IconButton>
      </header>
      {template.variables.length > 0 ? (
        <div className="template-fields">
          {template.variables.map((variable) => (
            <Field
              key={variable.name} variable={variable} value={values[variable.name] ?? ""} error={isChecked ? wrongWith(filled, variable) : null}
              onChange={(value) => onChange({ template, values: { ...values, [variable.name]: value } })}
            />
          ))}
        </div>
      ) : null}
    </section>
  );
}
