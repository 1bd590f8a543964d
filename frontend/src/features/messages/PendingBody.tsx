import { outgoing } from "@/state/outgoing";
import { useCooldown } from "@/state/useCooldown";
import { Button } from "@/ui/Button";
import { MessageContent } from "./MessageContent";
import type { Row } from "./listItems";
import { QuoteLine } from "./QuoteLine";
import { TemplateMark } from "./TemplateMark";

/** A message of ours that is on its way, or did not get through: its text is never lost. */
export function PendingBody({ row }: { row: Extract<Row, { item: unknown }> }) {
  const { item } = row;
  const wait = useCooldown(item.room);
  return (
    <>
      {item.quote ? <QuoteLine roomId={item.room} quote={item.quote} /> : null}
      {item.template ? <TemplateMark use={item.template.use} /> : null}
      <div className={`content ${row.kind === "sending" ? "pending" : ""}`} data-testid="message-content"><MessageContent text={item.content} isStreaming={false} /></div>
      {row.kind === "failed" ? (
        <div className="send-failed" role="alert">
          <span>Not sent. {row.item.error.message}</span>
          <Button isSmall look="danger" data-testid="retry-send" disabled={wait > 0} onClick={() => outgoing.retry(item.clientId)}>{wait > 0 ? `Retry in ${wait} s` : "Retry"}</Button>
          <Button isSmall look="quiet" data-testid="discard-send" onClick={() => outgoing.discard(item.clientId)}>Delete</Button>
        </div>
      ) : null}
    </>
  );
}
