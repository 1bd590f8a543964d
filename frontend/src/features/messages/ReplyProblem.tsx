import { RotateCcw, TriangleAlert } from "lucide-react";
import type { Message, ReplyInfo } from "@/protocol/types";
import { outgoing } from "@/state/outgoing";
import { isCutOff } from "@/state/replyPhase";
import { WithCode } from "@/ui/WithCode";
import { Button } from "@/ui/Button";
import { ContextLink } from "./ContextLink";
import { DetailsLink } from "./DetailsLink";
import { useRights } from "./useRights";

const TITLES: Record<string, string> = {
  model_not_found: "This model is not there",
  model_unreachable: "The model cannot be reached",
  model_busy: "The model is busy",
  model_out_of_memory: "Not enough memory for this model",
  model_timeout: "The model took too long",
  context_too_long: "The conversation is too long for this model",
  too_fast: "Too many questions at once",
};

/** Why a reply failed or was cut off, what to do, and the way to try again. */
export function ReplyProblem({ message, reply }: { message: Message; reply: ReplyInfo }) {
  const { canWrite } = useRights(message);
  const isInterrupted = reply.phase === "interrupted";
  const code = reply.error?.code ?? "";
  const title = isInterrupted ? "Interrupted" : (TITLES[code] ?? `${message.author.name} could not answer`);
  const reason = reply.error?.message || (isInterrupted ? "The server stopped while this was being written." : "Try again; if it fails again, ask who runs this server.");
  return (
    <div className={`problem ${isInterrupted ? "mild" : ""}`} data-testid="reply-problem" data-code={code}>
      <TriangleAlert size={16} aria-hidden="true" />
      <p><b>{title}.</b> <WithCode text={reason} />{reply.error?.request_id ? <span className="request-id"> ({reply.error.request_id})</span> : null} <ContextLink message={message} reply={reply} /> <DetailsLink reply={reply} /></p>
      {canWrite && isCutOff(message) ? <Button isSmall data-testid="continue-reply" onClick={() => void outgoing.continueReply(message.id)}>Continue</Button> : null}
      {canWrite ? <Button isSmall data-testid="retry-reply" onClick={() => void outgoing.regenerate(message.id)}><RotateCcw size={13} aria-hidden="true" />Retry</Button> : null}
    </div>
  );
}
