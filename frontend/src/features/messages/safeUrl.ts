const SAFE = /^(https?:\/\/|mailto:)/i;

/** The address if it may be a link, otherwise nothing. */
export function safeUrl(url: string): string {
  const trimmed = url.trim();
  return SAFE.test(trimmed) ? trimmed : "";
}
