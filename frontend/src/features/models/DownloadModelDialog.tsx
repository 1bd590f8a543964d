import { type FormEvent, useState } from "react";
import type { BackendInfo } from "@/protocol/types";
import { modelActions } from "@/state/modelActions";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/TextField";
import { WithCode } from "@/ui/WithCode";

const EXAMPLES: Record<string, string> = { ollama: "e.g. llama3.2:3b", "lm-studio": "e.g. qwen/qwen3-4b" };

/** Asks which model to download to a backend. How far it is and how it ends stands on the model's card. */
export default function DownloadModelDialog({ backend, onClose }: { backend: BackendInfo; onClose: () => void }) {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("model") ?? "").trim();
    if (!name) return setError("Enter the name of the model.");
    setBusy(true);
    try {
      await modelActions.pull(name, backend.name);
      onClose();
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }
  const intro = `It comes from the library of ${backend.name} or, with \`hf.co/\` before it, from Hugging Face. The download goes on when you close this.`;
  return (
    <Dialog title={`Download a model to ${backend.name}`} onClose={onClose}>
      <p className="intro"><WithCode text={intro} /></p>
      <form onSubmit={(event) => void submit(event)} className="dialog-form" data-testid="download-form">
        <TextField
          label="Name of the model" name="model" data-testid="download-name" placeholder={EXAMPLES[backend.kind] ?? "e.g. hf.co/ggml-org/gemma-3-4b-it-GGUF"} autoFocus
          maxLength={200} autoCapitalize="none" autoComplete="off" spellCheck={false} error={error}
        />
        <div className="actions"><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={isBusy} data-testid="download-submit">{isBusy ? "Asking…" : "Download"}</Button></div>
      </form>
    </Dialog>
  );
}
