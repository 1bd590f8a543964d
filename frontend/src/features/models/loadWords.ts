import { formatAmount } from "@/lib/formatAmount";
import type { ModelProgress } from "@/protocol/types";

export interface LoadWords {
  title: string;
  detail: string;
  /** 0 to 1, or null for no bar. */
  progress: number | null;
  isEstimate: boolean;
  note: string;
}

const TITLES: Record<ModelProgress["stage"], [load: string, pull: string]> = {
  connecting: ["Asking for it", "Asking for it"],
  initializing: ["Warming up", "Looking for its files"],
  loading: ["Loading into memory", "Downloading"],
  downloading: ["Downloading", "Downloading"],
  finalizing: ["Almost ready", "Checking its files"],
  complete: ["Ready", "Downloaded"],
  failed: ["Not loaded", "Not downloaded"],
  cancelled: ["Cancelled", "Cancelled"],
};

const isLate = (load: ModelProgress): boolean => load.estimated && load.eta_range !== null && load.eta_range.high <= 0;

/** "2.1 of 4.7 GB", where the bytes are known. */
function bytes(load: ModelProgress): string {
  if (!load.bytes_total) return "";
  const [done, total] = [formatAmount.bytes(load.bytes_done ?? 0), formatAmount.bytes(load.bytes_total)];
  const unit = total.slice(-3);
  return `${done.endsWith(unit) ? done.slice(0, -3) : done} of ${total}`;
}

/** What is left; of an estimate also between what it usually lies. */
function timeLeft(load: ModelProgress): string {
  if (isLate(load)) return "longer than usual";
  if (load.eta_seconds === null) return "";
  const left = formatAmount.seconds(Math.max(1, Math.round(load.eta_seconds)));
  if (!load.estimated) return `${left} left`;
  if (load.eta_seconds <= 0) return "any moment now";
  const [low, high] = load.eta_range ? [load.eta_range.low, load.eta_range.high].map((end) => Math.max(0, Math.round(end))) : [0, 0];
  return low === high ? `about ${left} left` : `about ${left} left (${low}–${high} s)`;
}

/** What a card says of a load or a download of its model. */
export function loadWords(load: ModelProgress): LoadWords {
  const isPull = load.action === "pull";
  const percent = load.pct === null || load.estimated ? "" : `${Math.round(load.pct)} %`;
  const rate = load.bytes_per_second ? `${formatAmount.bytes(load.bytes_per_second)}/s` : "";
  return {
    title: TITLES[load.stage][isPull ? 1 : 0],
    detail: load.stage === "finalizing" ? "" : [percent, bytes(load), rate, timeLeft(load)].filter(Boolean).join(" · "),
    progress: load.pct === null ? null : load.pct / 100,
    isEstimate: load.estimated,
    note: !load.estimated || load.pct === null ? "" : isLate(load) ? "It is still loading. You can wait, or cancel it." : "Estimate from earlier loads",
  };
}
