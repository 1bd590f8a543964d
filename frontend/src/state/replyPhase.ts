import type { Message, ReplyInfo } from "@/protocol/types";

type Phase = ReplyInfo["phase"];

const CLOSED: readonly Phase[] = ["done", "stopped", "failed", "interrupted"];

/** True if there is a beginning from which the model can go on. */
export function isCutOff({ content, deleted_at, llm }: Message): boolean {
  if (!llm || deleted_at || content === "" || llm.finish === "stop") return false;
  return llm.phase === "interrupted" || llm.phase === "stopped" || llm.phase === "failed" || (llm.phase === "done" && llm.finish === "length");
}

/** True while a model is still at work on this message. */
export function isRunning(message: Message): boolean {
  return message.llm !== null && !CLOSED.includes(message.llm.phase);
}
