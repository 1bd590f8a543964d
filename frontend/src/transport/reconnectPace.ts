/** How soon the client library comes back, as the options of its manager; it spreads each wait by `SPREAD` itself. */
export interface ReconnectPace {
  reconnectionDelay: number;
  reconnectionDelayMax: number;
}

/** Each wait is up to this part shorter or longer, so that not everybody comes back at once. */
export const SPREAD = 0.5;

export const USUAL_PACE: ReconnectPace = { reconnectionDelay: 500, reconnectionDelayMax: 8_000 };

/** After `server_restarting`: not before the server asks for it. The longest wait leaves room for the spread. */
export function restartPace(retryAfter: number): ReconnectPace {
  const reconnectionDelay = Math.max(USUAL_PACE.reconnectionDelay, retryAfter * 1000);
  return { reconnectionDelay, reconnectionDelayMax: Math.max(USUAL_PACE.reconnectionDelayMax, reconnectionDelay * (1 + SPREAD)) };
}

export function spread(ms: number): number {
  return ms * (1 - SPREAD + 2 * SPREAD * Math.random());
}
