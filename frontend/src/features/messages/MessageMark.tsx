import { Check, CheckCheck } from "lucide-react";
import type { Message } from "@/protocol/types";

/** Under an own message: stored, or read by somebody else. */
export function MessageMark({ status }: { status: Message["status"] }) {
  if (status !== "delivered" && status !== "read") return null;
  const isRead = status === "read";
  const words = isRead ? "Read" : "Delivered";
  return (
    <span className="message-mark" data-testid="message-status" data-status={status} title={words}>
      {isRead ? <CheckCheck size={14} aria-hidden="true" /> : <Check size={14} aria-hidden="true" />}
      <span className="sr-only">{words}</span>
    </span>
  );
}
