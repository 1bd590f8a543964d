import { SendHorizontal } from "lucide-react";
import { Button } from "@/ui/Button";

/** From this share of the limit on, it is shown how many characters are left. */
const COUNT_FROM = 0.8;

interface Props {
  length: number;
  limit: number;
  /** Seconds until the room takes a message again. */
  wait: number;
  canSend: boolean;
  onSend: () => void;
}

function charactersLeft(length: number, limit: number): string {
  return length > limit ? `${(length - limit).toLocaleString()} too many` : `${(limit - length).toLocaleString()} left`;
}

/** What keeps the text from being sent, and the button that sends it. */
export function ComposerEnd({ length, limit, wait, canSend, onSend }: Props) {
  return (
    <span className="composer-end">
      {wait > 0 ? <span className="composer-wait" role="status">Too fast</span> : null}
      {length > limit * COUNT_FROM ? <span className={length > limit ? "over" : ""} id="characters-left" data-testid="char-count">{charactersLeft(length, limit)}</span> : null}
      <Button look="primary" isSmall data-testid="send" disabled={!canSend} onMouseDown={(event) => event.preventDefault()} onClick={onSend}>
        <SendHorizontal size={14} aria-hidden="true" />{wait > 0 ? <span data-testid="cooldown">Ready in {wait} s</span> : "Send"}
      </Button>
    </span>
  );
}
