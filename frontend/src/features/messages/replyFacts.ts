import { formatAmount } from "@/lib/formatAmount";
import type { ReplyInfo } from "@/protocol/types";

const seconds = (ms: number | null): string | null => (ms === null ? null : formatAmount.seconds(ms / 1000));

/** Everything known about a settled reply, as label and value; what nobody can tell is left out. */
export function replyFacts(reply: ReplyInfo): [string, string][] {
  const facts: [string, string | null][] = [
    ["Model", reply.model],
    ["Backend", reply.backend],
    ["Question read", reply.usage?.prompt_tokens ? `${reply.usage.prompt_tokens} tokens` : null],
    ["Answer", reply.usage?.completion_tokens ? `${reply.usage.completion_tokens} tokens` : null],
    ["Speed", reply.tokens_per_second ? formatAmount.rate(reply.tokens_per_second) : null],
    ["Loading took", reply.load_ms ? seconds(reply.load_ms) : null],
    ["First token after", seconds(reply.ttft_ms)],
    ["Template", reply.template],
    ["Cached", reply.cached ? formatAmount.age(reply.cached_age_seconds ?? 0) : null],
    ["Ended", reply.finish === "length" ? "at the length limit" : reply.finish],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
