import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/copyText";
import { notify } from "@/lib/notify";
import { Button } from "@/ui/Button";

/** The secret of a new key. It is shown here and nowhere else. */
export function NewKey({ name, secret, onDone }: { name: string; secret: string; onDone: () => void }) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    if (await copyText(secret)) setCopied(true);
    else notify("error", "Copying is not allowed here. Select the key and copy it.");
  }
  return (
    <div className="new-key" role="status" data-testid="new-key">
      <p><b>{name}</b> is ready. Copy it now: it is not shown again.</p>
      <div><code data-testid="key-secret">{secret}</code><Button isSmall look="primary" data-testid="copy-key" onClick={() => void copy()}>{isCopied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}{isCopied ? "Copied" : "Copy"}</Button></div>
      <Button isSmall data-testid="key-done" onClick={onDone}>I have kept it</Button>
    </div>
  );
}
