import { CornerUpRight } from "lucide-react";
import type { Quote } from "@/protocol/types";

/** What a message replies to, on one line above it. */
export function QuoteLine({ quote }: { quote: Quote }) {
  return (
    <div className="quote" data-testid="quote">
      <CornerUpRight size={13} aria-hidden="true" />
      <b>{quote.author.name}</b>
      <span>{quote.deleted ? <i>This message was deleted.</i> : quote.content}</span>
    </div>
  );
}
