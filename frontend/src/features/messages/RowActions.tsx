import { Check, Copy, RefreshCw } from "lucide-react";
import { useState } from "react";
import { announcer } from "@/lib/announcer";
import { copyText } from "@/lib/copyText";
import type { Message } from "@/protocol/types";
import { outgoing } from "@/state/outgoing";
import { IconButton } from "@/ui/IconButton";

/** What can be done with a settled message; shown on hover and when the focus is in the row. */
export function RowActions({ message }: { message: Message }) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    const done = await copyText(message.content);
    setCopied(done);
    announcer.say(done ? "Copied" : "Copying failed");
    setTimeout(() => setCopied(false), 1_600);
  }
  return (
    <div className="row-actions" role="group" aria-label={`Actions for the message of ${message.author.name}`}>
      {message.content ? (
        <IconButton isSmall label={isCopied ? "Copied" : "Copy text"} data-testid="copy" tipAlign="end" onClick={() => void copy()}>
          {isCopied ? <Check size={15} /> : <Copy size={15} />}
        </IconButton>
      ) : null}
      {message.llm && (message.llm.phase === "done" || message.llm.phase === "stopped") ? (
        <IconButton isSmall label="Regenerate" data-testid="regenerate" tipAlign="end" onClick={() => void outgoing.regenerate(message.id)}><RefreshCw size={15} /></IconButton>
      ) : null}
    </div>
  );
}
