import { Sparkles } from "lucide-react";
import { useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import { notify } from "@/lib/notify";
import type { Template } from "@/protocol/types";
import { templateChanges } from "@/state/templateChanges";
import { Button } from "@/ui/Button";

export type TemplateAct = "edit" | "copy" | "versions";

interface Props {
  template: Template;
  onAct: (act: TemplateAct, template: Template) => void;
}

function about({ version, updated_by, updated_at }: Template): string {
  return `version ${version} · ${updated_by ?? "somebody who left"} · ${formatAgo(updated_at ?? "")}`;
}

/** Asked once more before it goes. */
function Remove({ template }: { template: Template }) {
  const [isAsked, setAsked] = useState(false);
  async function remove() {
    try {
      await templateChanges.remove(template.id);
    } catch (cause) {
      notify("error", (cause as Error).message);
      setAsked(false);
    }
  }
  if (!isAsked) return <Button isSmall look="danger" data-testid="delete-template" aria-label={`Delete ${template.title}`} onClick={() => setAsked(true)}>Delete…</Button>;
  return (
    <>
      <Button isSmall autoFocus onClick={() => setAsked(false)}>Keep</Button>
      <Button isSmall look="danger" data-testid="delete-template-submit" onClick={() => void remove()}>Delete</Button>
    </>
  );
}

export function TemplateRow({ template, onAct }: Props) {
  const act = (name: TemplateAct) => () => onAct(name, template);
  return (
    <li data-testid="template-item" data-title={template.title} data-scope={template.scope}>
      <Sparkles size={16} aria-hidden="true" />
      <span className="text"><b>{template.title}</b>{template.description ? <span>{template.description}</span> : null}{template.scope === "built_in" ? null : <span className="muted">{about(template)}</span>}</span>
      <span className="acts">
        {template.can_change ? <Button isSmall data-testid="edit-template" aria-label={`Edit ${template.title}`} onClick={act("edit")}>Edit</Button> : null}
        <Button isSmall look="quiet" data-testid="copy-template" aria-label={`Copy ${template.title}`} onClick={act("copy")}>Copy</Button>
        {template.scope === "built_in" ? null : <Button isSmall look="quiet" data-testid="open-versions" aria-label={`Versions of ${template.title}`} onClick={act("versions")}>Versions</Button>}
        {template.can_change ? <Remove template={template} /> : null}
      </span>
    </li>
  );
}
