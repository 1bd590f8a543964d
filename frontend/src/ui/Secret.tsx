import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/copyText";
import { notify } from "@/lib/notify";
import { Button } from "./Button";

/** Something that is shown this once, to be copied. */
export function Secret({ secret, testId }: { secret: string; testId: string }) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    if (await copyText(secret)) setCopied(true);
    else notify("error", "Copying is not allowed here. Select it and copy it.");
  }
  return (
    <div className="secret">
      <code data-testid={`${testId}-secret`}>{secret}</code>
      <Button isSmall look="primary" data-testid={`copy-${testId}`} onClick={() => void copy()}>{isCopied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}{isCopied ? "Copied" : "Copy"}</Button>
    </div>
  );
}
