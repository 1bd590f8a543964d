import { formatTime } from "@/lib/formatTime";
import type { Message } from "@/protocol/types";
import { isRunning } from "@/state/replyPhase";
import { useAppState } from "@/state/useAppState";
import { EditField } from "./EditField";
import { MessageContent } from "./MessageContent";
import { MissedLine } from "./MissedLine";
import { PhaseLine } from "./PhaseLine";
import { PinnedMark } from "./PinnedMark";
import { QuoteLine } from "./QuoteLine";
import { Reactions } from "./Reactions";
import { ReplyFooter } from "./ReplyFooter";
import { ReplyProblem } from "./ReplyProblem";
import { RunMark } from "./RunMark";
import { TemplateMark } from "./TemplateMark";

function ReplyLine({ message }: { message: Message }) {
  const reply = message.llm;
  if (!reply) return null;
  if (isRunning(message)) return <PhaseLine message={message} />;
  if (reply.phase === "failed" || reply.phase === "interrupted") return <ReplyProblem message={message} reply={reply} />;
  return <ReplyFooter message={message} reply={reply} />;
}

/** The text of a message and, for replies, how the model stands with it. */
export function MessageBody({ message }: { message: Message }) {
  if (message.deleted_at) return <p className="muted" data-testid="message-deleted">This message was deleted.</p>;
  return <WholeBody message={message} />;
}

function WholeBody({ message }: { message: Message }) {
  const isEdited = useAppState((state) => state.roomStates[message.room]?.editing === message.id);
  return (
    <>
      {message.pinned_at ? <PinnedMark message={message} /> : null}
      {message.quote ? <QuoteLine roomId={message.room} quote={message.quote} /> : null}
      {message.template ? <TemplateMark use={message.template} /> : null}
      {isEdited ? <EditField message={message} /> : <ShownBody message={message} />}
    </>
  );
}

function ShownBody({ message }: { message: Message }) {
  const notice = useAppState((state) => state.roomStates[message.room]?.notices[message.id]);
  const isWriting = isRunning(message);
  const isEmptyDone = message.llm !== null && !isWriting && message.content === "" && message.llm.phase !== "failed" && message.llm.phase !== "interrupted";
  return (
    <>
      <RunMark message={message} />
      <div className={`content ${message.llm ? "reply" : ""} ${isWriting && message.content ? "writing" : ""}`} data-testid="message-content">
        <MessageContent text={message.content} isStreaming={isWriting} />
        {isEmptyDone ? <p className="muted">{message.llm?.phase === "stopped" ? "Stopped before it wrote anything." : "The answer is empty."}</p> : null}
        {message.edited_at ? <span className="edited" title={formatTime.full(message.edited_at)}>(edited)</span> : null}
      </div>
      <ReplyLine message={message} />
      {isWriting ? null : <MissedLine message={message} />}
      <Reactions message={message} />
      {notice ? <p className="message-notice">{notice.message}</p> : null}
    </>
  );
}
