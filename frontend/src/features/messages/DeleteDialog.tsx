import { useState } from "react";
import { beginOf } from "@/lib/beginOf";
import { plainWords } from "@/lib/plainWords";
import type { Message } from "@/protocol/types";
import { messageActions } from "@/state/messageActions";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

/** Asks before a text is gone for everybody. */
export function DeleteDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const [isBusy, setBusy] = useState(false);
  async function remove() {
    setBusy(true);
    if (await messageActions.remove(message)) onClose();
    else setBusy(false);
  }
  return (
    <Dialog title="Delete this message?" intro="Its text, reactions and pin are gone for everybody, and cannot be brought back. The place in the room stays." onClose={onClose}>
      {message.content ? <blockquote className="delete-what"><b>{message.author.name}</b> {plainWords(beginOf(message.content))}</blockquote> : null}
      <div className="actions">
        <Button autoFocus onClick={onClose}>Keep</Button>
        <Button look="danger" disabled={isBusy} data-testid="delete-submit" onClick={() => void remove()}>Delete</Button>
      </div>
    </Dialog>
  );
}
