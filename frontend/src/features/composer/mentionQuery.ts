export interface MentionQuery {
  /** Where the @ stands. */
  start: number;
  text: string;
}

/** What is being mentioned at the caret: "@lla|" gives "lla"; nothing inside a word or an address. */
export function mentionQuery(text: string, caret: number): MentionQuery | null {
  const match = /(^|[\s(])@([\w.:-]{0,40})$/.exec(text.slice(0, caret));
  return match ? { start: caret - (match[2]?.length ?? 0) - 1, text: match[2] ?? "" } : null;
}
