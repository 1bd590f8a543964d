import type { ReplyContext, ReplyInfo } from "@/protocol/types";
import { cachedAge } from "./replyFacts";

const number = (value: number): string => value.toLocaleString("en");
const messages = (count: number): string => (count === 1 ? "1 message" : `${number(count)} messages`);
/** From this on the server counts no further. */
const MOST_COUNTED = 1_000;

/** How much it was, in one sentence: what the backend has counted, else what we think. */
export function readWords(context: ReplyContext, reply: ReplyInfo): string {
  const counted = reply.usage?.prompt_tokens;
  const tokens = counted ? `${number(counted)} tokens, counted by ${reply.backend ?? "its backend"}` : `about ${number(context.estimated_tokens)} tokens by our estimate`;
  return `${messages(context.messages.length)} and the instructions above them: ${number(context.chars)} characters, ${tokens}.`;
}

/** How full what it can read was. */
export function roomWords(context: ReplyContext): string {
  const share = Math.round((100 * context.chars) / Math.max(1, context.budget_chars));
  const whole = `${number(context.context_tokens)} tokens${context.is_context_assumed ? ", which we assume because its backend does not say" : ""}`;
  return `${share} % of the ${number(context.budget_chars)} characters that there is room for. The model reads and writes within ${whole}; a quarter is left free for the answer.`;
}

/** What it was not given, and why; empty when it saw everything. */
export function leftOutWords(context: ReplyContext): string {
  const { left_out } = context;
  if (left_out === 0) return "";
  const many = left_out >= MOST_COUNTED ? `${number(MOST_COUNTED)} or more earlier messages were` : left_out === 1 ? "1 earlier message was" : `${number(left_out)} earlier messages were`;
  const noted = context.noted === 0 ? "" : context.noted >= left_out ? " The room’s note tells of them." : ` The room’s note tells of ${number(context.noted)} of them.`;
  return `${many} left out: ${context.left_out_because === "too many" ? "a model is given the newest 50" : "there was no room for more"}.${noted}`;
}

/** The note that it read; empty when there was none. */
export function noteWords(context: ReplyContext): string {
  const { note } = context;
  if (!note) return "";
  const covered = note.up_to_seq ? `, of messages ${number(note.from_seq)} to ${number(note.up_to_seq)}` : "";
  const changed = note.changed ? " It has changed since." : "";
  return `The room’s note (version ${number(note.version)}${covered}): ${sizeWords(note.chars, context)}.${changed}`;
}

/** Of a part, by the same estimate as the whole. */
export function sizeWords(chars: number, { chars: all, estimated_tokens }: ReplyContext): string {
  return `${number(chars)} characters, about ${number(Math.max(1, Math.round((chars * estimated_tokens) / Math.max(1, all))))} tokens`;
}

/** With what it was asked, as label and value. */
export function askedWith(context: ReplyContext, reply: ReplyInfo): [string, string][] {
  const options = Object.entries(context.options).map(([name, value]) => `${name.replaceAll("_", " ")} ${Array.isArray(value) ? value.join(", ") : String(value)}`);
  const facts: [string, string | null][] = [
    ["Model", reply.model],
    ["Backend", reply.backend],
    ["Template", reply.template_title ?? reply.template],
    ["Options", options.length ? options.join(" · ") : "the backend's own"],
    ["Cached", reply.cached ? `yes, from ${cachedAge(reply)}` : "no"],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
