import { plainWords } from "@/lib/plainWords";
import type { LlmStatus, Message } from "@/protocol/types";
import type { ServerEvent } from "@/transport/socket";
import type { AppState } from "./appState";
import { mentionsMe } from "./dispatch";
import { isRunning } from "./replyPhase";

const SPOKEN_CHARS = 200;

function finished(message: Message, before: AppState): string | null {
  const known = before.roomStates[message.room]?.messages.find(({ id }) => id === message.id);
  if (!known || !isRunning(known) || isRunning(message)) return null;
  const name = message.author.name;
  if (message.llm?.phase === "failed") return `${name} could not answer. ${message.llm.error?.message ?? ""}`;
  if (message.llm?.phase === "interrupted") return `The answer of ${name} was interrupted.`;
  if (message.llm?.phase === "stopped") return `${name} was stopped.`;
  return `${name} answered: ${plainWords(message.content.slice(0, SPOKEN_CHARS))}`;
}

function phase(status: LlmStatus, before: AppState): string | null {
  const known = status.reply_id ? before.roomStates[status.room ?? ""]?.live[status.reply_id] : undefined;
  if (!status.model || known?.status?.phase === status.phase) return null;
  if (status.phase === "loading") {
    const seconds = status.estimated_time;
    return seconds ? `${status.model} is warming up, about ${Math.round(seconds)} seconds.` : `${status.model} is warming up.`;
  }
  if (status.phase === "queued" && status.queue_position) return `Waiting, ${status.queue_position} ahead.`;
  return status.phase === "generating" ? `${status.model} is writing.` : null;
}

function mention(message: Message, before: AppState): string | null {
  const { author, room, seq, content } = message;
  if (author.id === before.session.user?.id || seq <= (before.rooms[room]?.last_seq ?? 0) || !mentionsMe(before, message)) return null;
  const where = room === before.activeRoom ? "" : ` in #${before.rooms[room]?.name ?? ""}`;
  return `${author.name} mentioned you${where}: ${plainWords(content.slice(0, SPOKEN_CHARS))}`;
}

/** What a screen reader should say about an event: mentions, phases and finished replies of the open room, never the text as it grows. */
export function announcementFor(received: ServerEvent, before: AppState): string | null {
  if (received.event === "message_updated") {
    return received.payload.room === before.activeRoom ? finished(received.payload.message, before) : null;
  }
  if (received.event === "message") return mention(received.payload, before);
  if (received.event === "llmStatus" && received.payload.room === before.activeRoom) return phase(received.payload, before);
  return null;
}
