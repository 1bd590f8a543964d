import { SendHorizontal } from "lucide-react";
import { Button } from "@/ui/Button";

/** From this share of the limit on, the number of characters is shown. */
const COUNT_FROM = 0.8;

interface Props {
  length: number;
  limit: number;
  /** Seconds until the room takes a message again. */
  wait: number;
  canSend: boolean;
  onSend: () => void;
}

/** What keeps the text from being sent, and the button that sends it. */
export function ComposerEnd({ length, limit, wait, canSend, onSend }: Props) {
  return (
    <span className="composer-end">
      {wait > 0 ? <span className="composer-wait" role="status" data-testid="cooldown">Too fast. Ready in {wait} s</span> : null}
      {length > limit * COUNT_FROM ? <span className={length > limit ? "over" : ""} data-testid="char-count">{length.toLocaleString()} / {limit.toLocaleString()}</span> : null}
      <Button look="primary" isSmall data-testid="send" disabled={!canSend} onMouseDown={(event) => event.preventDefault()} onClick={onSend}>
        <SendHorizontal size={14} aria-hidden="true" />Send
      </Button>
    </span>
  );
}
