// Markdown that would stop the page: reading some of it takes a time that grows with the square of its marks, or with
// the depth of its nesting. Whoever writes such a thing gets it shown as it was written.

/** Quotes and lists in one another, all opened on one line. */
const NESTED = /^[ \t]*(?:(?:>|(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$))[ \t]*){30}/;
const FENCE = /^ {0,3}(?:`{3,}|~{3,})/;
const NEW_PIECE = /^\s*(?:[-*+]\s|\d{1,9}[.)]\s|#{1,6}\s|$)/;
const MARKS = /[*_~[\]$\\`]/g;
const MOST_MARKS = 1_000;
const MOST_LINES = 1_500;
const MOST_CELLS = 300;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Whether a block of Markdown takes too long to read. */
export function isTangled(text: string): boolean {
  let isInCode = false;
  let lines = 0;
  let marks = 0;
  for (const line of text.split("\n")) {
    const isFence = FENCE.test(line);
    if (isFence) isInCode = !isInCode;
    if (isInCode && !isFence) continue;
    lines += 1;
    marks = NEW_PIECE.test(line) || isFence ? 0 : marks;
    marks += count(line, MARKS);
    if (marks > MOST_MARKS || lines > MOST_LINES || count(line, /\|/g) > MOST_CELLS || NESTED.test(line)) return true;
  }
  return false;
}
