import { useEffect, useState } from "react";
import type { RenderedTemplate, TemplateContent } from "@/protocol/types";
import { templateChanges } from "@/state/templateChanges";
import { type Fault, samplesOf } from "./draft";

const PAUSE_MS = 700;

export type Checked = { rendered: RenderedTemplate } | { fault: Fault } | null;

/** What the server says of a template as it is now: what would come of it, or what is wrong; null while it is asked. */
export function useCheck(content: TemplateContent, message: string): Checked {
  const asked = JSON.stringify({ template: { ...content, title: content.title || "…" }, content: message, variables: samplesOf(content) });
  const [answer, setAnswer] = useState<{ to: string; checked: Checked }>({ to: "", checked: null });
  useEffect(() => {
    let isWanted = true;
    const answered = (checked: Checked): void => { if (isWanted) setAnswer({ to: asked, checked }); };
    const pause = setTimeout(() => {
      templateChanges.check(JSON.parse(asked)).then((rendered) => answered({ rendered }), (fault: Fault) => answered({ fault }));
    }, PAUSE_MS);
    return () => { isWanted = false; clearTimeout(pause); };
  }, [asked]);
  return answer.to === asked ? answer.checked : null;
}
