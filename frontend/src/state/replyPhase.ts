import type { Message, ReplyInfo } from "@/protocol/types";

type Phase = ReplyInfo["phase"];

const CLOSED: readonly Phase[] = ["done", "stopped", "failed", "interrupted"];

/** True while a model is still at work on this message. */
export function isRunning(message: Message): boolean {
  return message.llm !== null && !CLOSED.includes(message.llm.phase);
}
