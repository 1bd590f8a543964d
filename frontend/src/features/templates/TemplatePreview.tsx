import { useId } from "react";
import { type Fault, faultAt } from "./draft";
import type { Checked } from "./useCheck";

const PARTS = ["title", "body", "system", "output", "variables"];

function words(checked: Checked): string {
  if (!checked) return "Asking the server…";
  return "rendered" in checked ? "This is what the model gets." : "Not ready yet.";
}

/** Said here when no part of the form says it. */
function elsewhere(fault: Fault): string | null {
  return PARTS.some((part) => faultAt(fault, part)) ? null : fault.message;
}

interface Props {
  checked: Checked;
  message: string;
  onMessage: (message: string) => void;
}

/** What a model would be told and asked, as the server has put it together. */
export function TemplatePreview({ checked, message, onMessage }: Props) {
  const id = useId();
  const rendered = checked && "rendered" in checked ? checked.rendered : null;
  const fault = checked && "fault" in checked ? elsewhere(checked.fault) : null;
  return (
    <section className="template-preview" aria-label="Preview" data-testid="template-preview" data-state={rendered ? "ready" : checked ? "wrong" : "asking"}>
      <h3>Preview</h3>
      <div className="field">
        <label htmlFor={id}>A message to try it with</label>
        <textarea id={id} rows={2} data-testid="preview-message" value={message} onChange={(event) => onMessage(event.target.value)} />
      </div>
      <p className="muted" role="status">{words(checked)}</p>
      {fault ? <p className="note error" role="alert">{fault}</p> : null}
      {rendered?.system ? <><h4>Told before</h4><pre tabIndex={0} role="group" aria-label="Told before" data-testid="preview-system">{rendered.system}</pre></> : null}
      {rendered ? <><h4>Asked</h4><pre tabIndex={0} role="group" aria-label="Asked" data-testid="preview-prompt">{rendered.prompt || "(nothing)"}</pre></> : null}
    </section>
  );
}
