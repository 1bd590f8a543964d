import { ChevronDown, Sparkles } from "lucide-react";
import { useId, useState } from "react";
import { beginOf } from "@/lib/beginOf";
import type { TemplateUse } from "@/protocol/types";

const SHOWN_CHARS = 40;

/** Above the text: the template that it was put into, and on a click all that was filled in. */
export function TemplateMark({ use }: { use: TemplateUse }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const values = use.variables.map(({ value }) => beginOf(value, SHOWN_CHARS)).join(" · ");
  const title = <><Sparkles size={13} aria-hidden="true" /><b>{use.title}</b></>;
  if (use.variables.length === 0) return <p className="template-mark" data-testid="template-mark" data-template={use.id}>{title}</p>;
  return (
    <div className="template-used">
      <button
        type="button" className="template-mark" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} title="What was filled in"
        data-testid="template-mark" data-template={use.id} onClick={() => setOpen(!isOpen)}
      >
        {title}<span>{values}</span><ChevronDown size={13} aria-hidden="true" />
      </button>
      {isOpen ? <dl id={id} className="facts" data-testid="template-facts">{use.variables.map(({ name, label, value }) => <div key={name}><dt>{label}</dt><dd>{value}</dd></div>)}</dl> : null}
    </div>
  );
}
