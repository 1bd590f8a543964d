import { formatAmount } from "@/lib/formatAmount";
import type { ModelInfo } from "@/protocol/types";

function minutesLeft(iso: string): string | null {
  const minutes = (Date.parse(iso) - Date.now()) / 60_000;
  return minutes > 0 && minutes < 24 * 60 ? `leaves in ${Math.max(1, Math.round(minutes))} min` : null;
}

const context = (tokens: number): string => `${tokens < 1024 ? tokens : `${Math.round(tokens / 1024)}k`} context`;

/** Size, how much it reads, and how long it stays or takes. */
export function modelFacts(model: ModelInfo): string {
  return [
    model.size_bytes ? formatAmount.bytes(model.size_bytes) : null,
    model.context_length ? context(model.context_length) : null,
    model.loaded && model.expires_at ? minutesLeft(model.expires_at) : null,
    model.loaded === false && model.load_ms_estimate ? `usually ${formatAmount.seconds(model.load_ms_estimate / 1000)}` : null,
  ].filter(Boolean).join(" · ");
}
