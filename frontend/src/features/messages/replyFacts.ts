import { formatAmount } from "@/lib/formatAmount";
import { formatTime } from "@/lib/formatTime";
import type { ReplyInfo } from "@/protocol/types";

const seconds = (ms: number | null): string | null => (ms === null ? null : formatAmount.seconds(ms / 1000));

const ENDS: Record<NonNullable<ReplyInfo["finish"]>, string> = {
  stop: "by itself", length: "at the length limit", stopped: "by Stop", error: "with an error", interrupted: "with the server",
};

/** How old an answer from the cache is now; an older server's reply says only how old it was then. */
export function cachedAge(reply: ReplyInfo): string {
  const seconds = reply.cached_since ? (Date.now() - Date.parse(reply.cached_since)) / 1000 : (reply.cached_age_seconds ?? 0);
  return formatAmount.age(seconds);
}

/** Everything known about a settled reply, as label and value; what nobody can tell is left out. */
export function replyFacts(reply: ReplyInfo): [string, string][] {
  const facts: [string, string | null][] = [
    ["Model", reply.model],
    ["Backend", reply.backend],
    ["Question read", reply.usage?.prompt_tokens ? `${reply.usage.prompt_tokens} tokens` : null],
    ["Answer", reply.usage?.completion_tokens ? `${reply.usage.completion_tokens} tokens` : null],
    ["Speed", reply.tokens_per_second ? formatAmount.rate(reply.tokens_per_second) : null],
    ["Waited in line", reply.queue_ms && reply.queue_ms >= 100 ? seconds(reply.queue_ms) : null],
    ["Loading took", reply.load_ms ? seconds(reply.load_ms) : null],
    ["First token after", seconds(reply.ttft_ms)],
    ["Template", reply.template_title ?? reply.template],
    ["Cached since", reply.cached ? (reply.cached_since ? `${formatTime.full(reply.cached_since)} (${cachedAge(reply)})` : cachedAge(reply)) : null],
    ["Ended", reply.finish && ENDS[reply.finish]],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
