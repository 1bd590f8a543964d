import { CornerUpRight } from "lucide-react";
import { plainWords } from "@/lib/plainWords";
import type { Quote } from "@/protocol/types";
import { history } from "@/state/history";

/** What a message replies to, on one line above it; a click goes there. */
export function QuoteLine({ roomId, quote }: { roomId: string; quote: Quote }) {
  return (
    <button type="button" className="quote" data-testid="quote" title="Go to this message" onClick={() => void history.showMessage(roomId, quote.id)}>
      <CornerUpRight size={13} aria-hidden="true" />
      <b>{quote.author.name}</b>
      <span>{quote.deleted ? <i>This message was deleted.</i> : plainWords(quote.content)}</span>
    </button>
  );
}
