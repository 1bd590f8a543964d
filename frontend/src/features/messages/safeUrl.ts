const SAFE = /^(https?:\/\/|mailto:)/i;

/** The address if it may be a link, otherwise nothing. Footnotes of this message begin with `own`. */
export function safeUrl(url: string, own: string): string {
  const trimmed = url.trim();
  return SAFE.test(trimmed) || trimmed.startsWith(`#${own}`) ? trimmed : "";
}
