import { useState } from "react";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

interface Props {
  title: string;
  intro: string;
  action: string;
  look?: "primary" | "danger";
  /** Throws what is shown then. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks once more before something that others notice. */
export function ConfirmDialog({ title, intro, action, look = "danger", onConfirm, onClose }: Props) {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function confirm() {
    setBusy(true);
    try {
      await onConfirm();
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} intro={intro} onClose={onClose}>
      {error ? <p className="note error" role="alert">{error}</p> : null}
      <div className="actions">
        <Button autoFocus onClick={onClose}>Cancel</Button>
        <Button look={look} disabled={isBusy} data-testid="confirm-submit" onClick={() => void confirm()}>{action}</Button>
      </div>
    </Dialog>
  );
}
