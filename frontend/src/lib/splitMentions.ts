export type Piece = { text: string; isMention: boolean };

/** `@name` as the server finds it: not within a word or an address; a handle ends with a letter or a digit. */
const MENTION = /(?<![\w@/.])@[A-Za-z0-9](?:[A-Za-z0-9._:/-]*[A-Za-z0-9_])?/g;

/** Cuts a text into plain pieces and mentions of the given handles (lower case). */
export function splitMentions(text: string, handles: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(MENTION)) {
    if (!handles.has(match[0].slice(1).toLowerCase())) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), isMention: false });
    pieces.push({ text: match[0], isMention: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isMention: false });
  return pieces;
}
