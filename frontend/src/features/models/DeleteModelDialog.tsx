import { useState } from "react";
import type { ModelInfo } from "@/protocol/types";
import { modelActions } from "@/state/modelActions";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

/** Asks before a model is taken off the disk: it must be downloaded again to come back. */
export default function DeleteModelDialog({ model, onClose }: { model: ModelInfo; onClose: () => void }) {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function remove() {
    setBusy(true);
    try {
      await modelActions.remove(model);
      onClose();
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  const intro = `It is taken off the disk of ${model.backend}, for everybody. To have it again it must be downloaded again.`;
  return (
    <Dialog title={`Delete ${model.name}?`} intro={intro} onClose={onClose}>
      {error ? <p className="note error" role="alert">{error}</p> : null}
      <div className="actions"><Button onClick={onClose}>Keep it</Button><Button look="danger" disabled={isBusy} data-testid="delete-model-submit" onClick={() => void remove()}>{isBusy ? "Deleting…" : "Delete"}</Button></div>
    </Dialog>
  );
}
