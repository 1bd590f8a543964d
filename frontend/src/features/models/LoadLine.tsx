import { X } from "lucide-react";
import { useState } from "react";
import type { ModelProgress } from "@/protocol/types";
import { isUnderWay, mayCancel } from "@/state/loads";
import { modelActions } from "@/state/modelActions";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { ProgressBar } from "@/ui/ProgressBar";
import { WithCode } from "@/ui/WithCode";
import { loadWords } from "./loadWords";

/** Its line goes when the server says that it has ended. */
function CancelButton({ load }: { load: ModelProgress }) {
  const isAllowed = useAppState((state) => mayCancel(state, load));
  const [isCancelling, setCancelling] = useState(false);
  if (!isAllowed) return null;
  async function cancel() {
    setCancelling(true);
    if (!(await modelActions.cancel(load))) setCancelling(false);
  }
  return (
    <Button isSmall data-testid="cancel-load" disabled={isCancelling} aria-label={`Cancel ${load.action === "pull" ? "the download" : "the load"} of ${load.model}`} onClick={() => void cancel()}>
      {isCancelling ? "Cancelling…" : "Cancel"}
    </Button>
  );
}

function Failure({ load }: { load: ModelProgress }) {
  return (
    <div className="load-failed note error" data-testid="model-load-failed" data-code={load.error?.code}>
      <p><b>{loadWords(load).title}.</b> <WithCode text={load.error?.message ?? load.message} /></p>
      <IconButton isSmall label="Dismiss" tipAlign="end" data-testid="dismiss-load" onClick={() => modelActions.dismiss(load)}><X size={14} /></IconButton>
    </div>
  );
}

/** How far the last load or download of a model is, or why it failed; nothing once it is done. */
export function LoadLine({ id }: { id: string }) {
  const load = useAppState((state) => state.loads[id]);
  if (load?.stage === "failed") return <Failure load={load} />;
  if (!load || !isUnderWay(load)) return null;
  const words = loadWords(load);
  return (
    <div className="load" data-testid="model-load" data-stage={load.stage} data-estimate={words.isEstimate}>
      <div className="load-head">
        <span className="spinner" aria-hidden="true" /><b>{words.title}</b><CancelButton load={load} />
      </div>
      {words.progress === null ? null : <ProgressBar value={words.progress} isEstimate={words.isEstimate} label={`${words.title}: ${load.model}`} />}
      {words.detail ? <p className="figures">{words.detail}</p> : null}
      {words.note ? <p>{words.note}</p> : null}
    </div>
  );
}
