import { Reply, X } from "lucide-react";
import { plainWords } from "@/lib/plainWords";
import type { Quote } from "@/protocol/types";
import { messageActions } from "@/state/messageActions";
import { IconButton } from "@/ui/IconButton";

/** Above the text: the message that the next one will quote. */
export function ReplyBar({ roomId, quote }: { roomId: string; quote: Quote }) {
  return (
    <div className="reply-bar" data-testid="reply-bar">
      <Reply size={14} aria-hidden="true" />
      <span className="reply-what">Replying to <b>{quote.author.name}</b> <span>{plainWords(quote.content)}</span></span>
      <IconButton isSmall label="Reply to nothing" tipAlign="end" data-testid="reply-cancel" onClick={() => messageActions.endReply(roomId)}><X size={15} /></IconButton>
    </div>
  );
}
