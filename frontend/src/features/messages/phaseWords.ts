import { formatAmount } from "@/lib/formatAmount";
import type { LlmStatus } from "@/protocol/types";

export interface PhaseWords {
  phase: string;
  title: string;
  detail: string;
  /** 0 to 1, or null for no bar. */
  progress: number | null;
  isEstimate: boolean;
  note: string;
}

/** Our estimate never claims to be complete: what is left of the bar says that it is not done. */
const ALMOST = 0.97;

function seconds(value: number): string {
  return `about ${Math.max(1, Math.round(value))} s`;
}

/** What is left by our estimate, and where it usually lies. */
function timeLeft(left: number, range: LlmStatus["estimated_range"], elapsed: number): string {
  if (left <= 0) return "any moment now";
  if (!range) return `${seconds(left)} left`;
  const [low, high] = [range.low, range.high].map((end) => Math.max(0, Math.round(end - elapsed)));
  return low === high ? `${seconds(left)} left` : `${seconds(left)} left (${low}–${high} s)`;
}

/** The place in line is exact, the time is learned from earlier answers. */
function queued(status: LlmStatus | null, elapsed: number): PhaseWords {
  const ahead = status?.queue_position ?? 0;
  const left = status?.estimated_time ? status.estimated_time - elapsed : null;
  const title = ahead > 0 ? `Waiting, ${ahead} ahead` : "Waiting for a free place";
  const time = left === null ? "" : left > 0 ? `starts in ${seconds(left)}` : "longer than usual";
  return { phase: "queued", title, detail: time, progress: null, isEstimate: left !== null, note: "" };
}

function loading(status: LlmStatus, model: string, elapsed: number): PhaseWords {
  const where = status.backend ? `on ${status.backend}` : "";
  const base = { phase: "loading", title: `Warming up ${model}` };
  const join = (...parts: string[]) => parts.filter(Boolean).join(" · ");
  if (status.progress !== null && !status.estimated) {
    const percent = `${Math.round(status.progress * 100)} %`;
    const left = status.estimated_time ? `${seconds(status.estimated_time - elapsed)} left` : "";
    return { ...base, detail: join(where, percent, left), progress: status.progress, isEstimate: false, note: "" };
  }
  if (status.estimated_time === null) return { ...base, detail: join(where, `${formatAmount.seconds(elapsed)} so far`), progress: null, isEstimate: false, note: "" };
  const left = status.estimated_time - elapsed;
  const start = status.progress ?? 0;
  const progress = status.estimated_time <= 0 ? ALMOST : Math.min(ALMOST, start + (1 - start) * (elapsed / status.estimated_time));
  const range = status.estimated_range;
  if ((range ? range.high - elapsed : left) <= 0) return { ...base, detail: join(where, "longer than usual"), progress: ALMOST, isEstimate: true, note: "It is still loading. You can wait, or stop it." };
  return { ...base, detail: join(where, timeLeft(left, range, elapsed)), progress, isEstimate: true, note: "Estimate from earlier loads" };
}

function reading(status: LlmStatus): PhaseWords {
  const percent = status.progress === null ? "" : `${Math.round(status.progress * 100)} %`;
  const title = status.phase === "connected" ? "Connected" : "Reading";
  return { phase: "prompt", title, detail: percent, progress: status.progress, isEstimate: status.estimated, note: "" };
}

function writing(status: LlmStatus | null): PhaseWords {
  const rate = status?.tokens_per_second ? formatAmount.rate(status.tokens_per_second) : "";
  return { phase: "generating", title: "Writing", detail: rate, progress: null, isEstimate: false, note: "" };
}

/**
 * What the line under a running reply says. `elapsed` is in seconds since the status came;
 * text that has arrived says more than a status that has not.
 */
export function phaseWords(status: LlmStatus | null, model: string, elapsed: number, hasText: boolean): PhaseWords {
  if (hasText) return writing(status);
  switch (status?.phase) {
    case "routing":
      return { ...queued(null, 0), title: status.message || "Choosing a backend" };
    case "loading":
      return loading(status, model, elapsed);
    case "connected":
    case "prompt":
      return reading(status);
    case "generating":
    case "done":
      return writing(status);
    default:
      return queued(status, elapsed);
  }
}
