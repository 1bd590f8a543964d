import { type KeyboardEvent, useEffect, useState } from "react";
import { enterKey } from "@/lib/enterKey";
import type { Message } from "@/protocol/types";
import { messageActions } from "@/state/messageActions";
import { useAppState } from "@/state/useAppState";
import { useEnterSends } from "@/state/useEnterSends";
import { Button } from "@/ui/Button";
import { useAutoGrow } from "@/ui/useAutoGrow";

/** The own message as a field in its place; Esc leaves it as it was. */
export function EditField({ message }: { message: Message }) {
  const [text, setText] = useState(message.content);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const field = useAutoGrow(text);
  const limit = useAppState((state) => state.server.max_message_chars);
  const enterSends = useEnterSends();
  const length = Array.from(text.trim()).length;
  const canSave = length > 0 && length <= limit && !isBusy;
  const end = () => messageActions.endEdit(message.room);

  useEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
    element?.scrollIntoView({ block: "nearest" });
  }, [field]);

  async function save() {
    if (!canSave) return;
    if (text.trim() === message.content) return end();
    setBusy(true);
    try {
      await messageActions.edit(message, text.trim());
      end();
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const isSave = enterKey(event, enterSends) === "send";
    if (event.key === "Escape") end();
    else if (isSave) void save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="edit-field" data-testid="edit-field">
      <textarea ref={field} rows={1} value={text} aria-label="Your message" data-testid="edit-input" onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
      {error ? <p className="note error" role="alert" data-testid="edit-error">{error}</p> : null}
      <div className="edit-tools">
        {length > limit ? <span className="over">{length.toLocaleString()} / {limit.toLocaleString()}</span> : <span className="edit-hint"><kbd>Esc</kbd> cancels</span>}
        <Button isSmall data-testid="edit-cancel" onClick={end}>Cancel</Button>
        <Button isSmall look="primary" disabled={!canSave} data-testid="edit-save" onClick={() => void save()}>Save</Button>
      </div>
    </div>
  );
}
