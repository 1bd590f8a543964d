export type Piece = { text: string; kind: "text" | "mention" | "room" };

/** `@name` as the server finds it: not within a word or an address; a handle ends with a letter or a digit. `#room` by its slug. */
const MENTION = /(?<![\w@/.])@[A-Za-z0-9](?:[A-Za-z0-9._:/-]*[A-Za-z0-9_])?|(?<![\w@/.&#])#[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?![\w#])/g;
const NONE: ReadonlySet<string> = new Set();

interface Names {
  has(name: string): boolean;
}

/** Cuts a text into plain pieces, mentions of the given handles (lower case) and of the given rooms. */
export function splitMentions(text: string, handles: Names, rooms: Names = NONE): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(MENTION)) {
    const [sign, name] = [match[0][0], match[0].slice(1).toLowerCase()];
    if (!(sign === "@" ? handles : rooms).has(name)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), kind: "text" });
    pieces.push({ text: match[0], kind: sign === "@" ? "mention" : "room" });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), kind: "text" });
  return pieces;
}
