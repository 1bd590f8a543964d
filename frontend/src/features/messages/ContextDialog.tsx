import { useEffect, useState } from "react";
import type { Message, ReplyContext, ReplyInfo, SeenMessage } from "@/protocol/types";
import { history } from "@/state/history";
import { Dialog } from "@/ui/Dialog";
import { ProgressBar } from "@/ui/ProgressBar";
import { askedWith, leftOutWords, noteWords, readWords, roomWords, sizeWords } from "./contextWords";

function Seen({ seen, size, onGo }: { seen: SeenMessage; size: string; onGo: () => void }) {
  return (
    <li data-testid="context-message" data-message-id={seen.id} data-deleted={seen.deleted}>
      <button type="button" className="pin" title="Go to this message" onClick={onGo}>
        <span><b>{seen.author.name}</b> <span className="size">{size}{seen.changed ? " · edited since, it read an older text" : ""}</span></span>
        <span className="pin-text">{seen.deleted ? <i>This message was deleted afterwards.</i> : seen.content}</span>
      </button>
    </li>
  );
}

function System({ context }: { context: ReplyContext }) {
  const isWhole = context.system.length === context.system_chars;
  return (
    <details className="context-system" data-testid="context-system" open>
      <summary>Instructions <span className="size">{sizeWords(context.system_chars, context)}</span></summary>
      <p>{context.system}</p>
      {isWhole ? null : <p className="muted">A part of them came with the question, and went when that was deleted.</p>}
    </details>
  );
}

function Body({ context, reply, onGo }: { context: ReplyContext; reply: ReplyInfo; onGo: (id: string) => void }) {
  const leftOut = leftOutWords(context);
  return (
    <>
      <p className="intro" data-testid="context-read">{readWords(context, reply)}</p>
      <div className="context-room"><ProgressBar value={context.chars / Math.max(1, context.budget_chars)} isEstimate={false} label="How full what it can read was" /><p className="size">{roomWords(context)}</p></div>
      <dl className="facts">{askedWith(context, reply).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
      <System context={context} />
      {context.note ? <p className="size" data-testid="context-note">{noteWords(context)}</p> : null}
      {context.passages.length ? (
        <section aria-label="Older messages it read" className="context-messages" data-testid="context-passages">
          <p className="size">Older messages that may belong to the question:</p>
          <ol className="pin-list">{context.passages.map((seen) => <Seen key={seen.id} seen={seen} size={sizeWords(seen.chars, context)} onGo={() => onGo(seen.id)} />)}</ol>
        </section>
      ) : null}
      <section aria-label="Messages it read" className="context-messages">
        {leftOut ? <p className="size">{leftOut}</p> : null}
        <ol className="pin-list">{context.messages.map((seen) => <Seen key={seen.id} seen={seen} size={sizeWords(seen.chars, context)} onGo={() => onGo(seen.id)} />)}</ol>
        {context.told_chars ? <p className="size">And what the agents had found, with how to use it: {sizeWords(context.told_chars, context)}.</p> : null}
        {context.begun_chars ? <p className="size">And what it had written before, to go on from: {sizeWords(context.begun_chars, context)}.</p> : null}
      </section>
    </>
  );
}

/** Exactly what went to the model for a reply; a message opens in its place. Loaded with the first that is opened. */
export default function ContextDialog({ message, reply, onClose }: { message: Message; reply: ReplyInfo; onClose: () => void }) {
  const [context, setContext] = useState<ReplyContext | null | undefined>(undefined);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let isOver = false;
    history.context(message.id).then((found) => { if (!isOver) setContext(found); }, (cause: Error) => { if (!isOver) setError(cause.message); });
    return () => { isOver = true; };
  }, [message.id, reply.phase]);
  function go(id: string) {
    onClose();
    void history.showMessage(message.room, id);
  }
  return (
    <Dialog title={`What ${message.author.name} saw`} onClose={onClose}>
      <div className="context" data-testid="context">
        {error ? <p className="note error" role="alert">{error}</p> : null}
        {context === undefined && !error ? <p className="muted" role="status">Loading…</p> : null}
        {context === null ? <p className="muted" data-testid="no-context">It has read nothing yet for this reply, or it did so before this was kept.</p> : null}
        {context ? <Body context={context} reply={reply} onGo={go} /> : null}
      </div>
    </Dialog>
  );
}
