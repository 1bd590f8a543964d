import { ArrowLeft } from "lucide-react";
import { useCallback, useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import { notify } from "@/lib/notify";
import type { Template } from "@/protocol/types";
import { templateChanges } from "@/state/templateChanges";
import { Button } from "@/ui/Button";
import { Listed } from "@/ui/Listed";
import { useList } from "@/ui/useList";

/** What a version said, asked for when it is opened. */
function Body({ id, version }: { id: string; version: number }) {
  const { list, reload } = useList(useCallback(async () => [await templateChanges.version(id, version)], [id, version]));
  return <Listed list={list} empty="" className="version-body" onRetry={reload}>{({ body }) => <li key={version}><pre tabIndex={0} role="group" aria-label={`Text of version ${version}`} data-testid="version-body">{body}</pre></li>}</Listed>;
}

interface Props {
  template: Template;
  onDone: () => void;
}

/** All that a template was; an older version can be made the newest one. */
export function TemplateVersions({ template, onDone }: Props) {
  const { list, reload } = useList(useCallback(() => templateChanges.versions(template.id), [template.id]));
  const [open, setOpen] = useState<number | null>(null);
  async function bringBack(version: number) {
    try {
      await templateChanges.bringBack(template.id, version);
      notify("success", `Version ${version} is back`);
    } catch (cause) {
      notify("error", (cause as Error).message);
    }
    reload();
  }
  const newest = list && "items" in list ? list.items[0]?.version : template.version;
  return (
    <section className="template-versions" aria-label={`Versions of ${template.title}`}>
      <Button isSmall look="quiet" className="back" autoFocus data-testid="versions-back" onClick={onDone}><ArrowLeft size={15} aria-hidden="true" /> All templates</Button>
      <p className="intro">Messages that were sent with an older version are still read with that one.</p>
      <Listed list={list} empty="There are no versions." className="template-list" onRetry={reload}>
        {({ version, title, at, by }) => (
          <li key={version} data-testid="template-version" data-version={version}>
            <span className="text"><b>Version {version}</b><span>{title} · {by ?? "somebody who left"} · {formatAgo(at)}</span></span>
            <span className="acts">
              <Button isSmall look="quiet" aria-expanded={open === version} data-testid="show-version" onClick={() => setOpen(open === version ? null : version)}>{open === version ? "Hide" : "Show"}</Button>
              {version === newest ? <span className="muted">in use</span> : null}
              {version !== newest && template.can_change ? <Button isSmall data-testid="bring-back" aria-label={`Bring back version ${version}`} onClick={() => void bringBack(version)}>Bring back</Button> : null}
            </span>
            {open === version ? <Body id={template.id} version={version} /> : null}
          </li>
        )}
      </Listed>
    </section>
  );
}
