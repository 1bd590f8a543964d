import { formatAmount } from "@/lib/formatAmount";
import type { Message, ReplyInfo } from "@/protocol/types";
import { outgoing } from "@/state/outgoing";
import { isCutOff } from "@/state/replyPhase";
import { Toolbar } from "@/ui/Toolbar";
import { ContextLink } from "./ContextLink";
import { DetailsLink } from "./DetailsLink";
import { cachedAge } from "./replyFacts";
import { useRights } from "./useRights";

function summary(reply: ReplyInfo): string[] {
  return [
    reply.phase === "stopped" ? (reply.goes_on ? `stopped, but ${reply.backend ?? "its backend"} may still be working on it` : "stopped") : "",
    reply.finish === "length" ? "cut off at the length limit" : "",
    reply.tokens_per_second && !reply.cached ? formatAmount.rate(reply.tokens_per_second) : "",
    reply.ttft_ms !== null && !reply.cached ? `first token ${formatAmount.seconds(reply.ttft_ms / 1000)}` : "",
  ].filter(Boolean);
}

/** How a settled reply came about, in one quiet line. */
export function ReplyFooter({ message, reply }: { message: Message; reply: ReplyInfo }) {
  const { canWrite } = useRights(message);
  return (
    <Toolbar className="reply-foot" label={`How ${message.author.name} answered`}>
      {summary(reply).map((fact) => <span key={fact}>{fact}</span>)}
      {reply.cached ? <span className="cached">cached {cachedAge(reply)}</span> : null}
      {canWrite && isCutOff(message) ? <button type="button" className="foot-link" data-testid="continue-reply" onClick={() => void outgoing.continueReply(message.id)}>Continue</button> : null}
      {canWrite && reply.cached ? <button type="button" className="foot-link" data-testid="ask-again" onClick={() => void outgoing.regenerate(message.id)}>Ask again</button> : null}
      <ContextLink message={message} reply={reply} />
      <DetailsLink reply={reply} />
    </Toolbar>
  );
}
