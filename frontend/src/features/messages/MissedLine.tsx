import type { Message } from "@/protocol/types";
import { outgoing } from "@/state/outgoing";
import { useRights } from "./useRights";

/** Says that people wrote while agents worked, and that nobody has answered them, because the agents gave no answer. */
export function MissedLine({ message }: { message: Message }) {
  const { canWrite } = useRights(message);
  const count = message.llm?.missed.length ?? 0;
  if (count === 0) return null;
  return (
    <p className="message-notice" data-testid="missed">
      {count === 1 ? "A message that came meanwhile has no answer." : `${count} messages that came meanwhile have no answer.`}
      {canWrite ? <> <button type="button" className="foot-link" data-testid="answer-missed" onClick={() => void outgoing.regenerate(message.id)}>Ask again with {count === 1 ? "it" : "them"}</button></> : null}
    </p>
  );
}
