const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const BELONGS_TO_LIST = /^(\s+\S|[-*+]\s|\d+[.)]\s)/;
const MATH_ENDS = { "$$": /\$\$\s*$/, "\\[": /\\\]\s*$/ };
const LIST = /^\s*([-*+]|\d+[.)])\s/;
const GROUP = 20;
const DEFINITION = /^ {0,3}\[[^\]\n]{1,999}\]:/m;

/** The fence that is open after this line, given the one before it. */
function fenceAfter(line: string, open: string | null): string | null {
  const marker = FENCE.exec(line)?.[1];
  if (!marker) return open;
  if (open === null) return marker;
  const closes = marker[0] === open[0] && marker.length >= open.length && /^\s*[`~]+\s*$/.test(line);
  return closes ? null : open;
}

type Maths = keyof typeof MATH_ENDS;

/** The mark of the formula that is open after this line, given the one before it. */
function mathsAfter(line: string, open: Maths | null): Maths | null {
  if (open) return MATH_ENDS[open].test(line) ? null : open;
  const mark = /^\s*(\$\$|\\\[)\s*$/.exec(line)?.[1];
  return mark === "$$" || mark === "\\[" ? mark : null;
}

function startsBlock(line: string, above: readonly string[]): boolean {
  const isAfterBlank = above.at(-1)?.trim() === "" && above.some((kept) => kept.trim() !== "");
  if (!isAfterBlank || line.trim() === "") return false;
  return !(LIST.test(above[0] ?? "") && BELONGS_TO_LIST.test(line));
}

/**
 * Cuts Markdown where one block surely ends, so that while text streams in only the last piece is drawn again.
 * Texts with definitions ("[1]: …", "[^1]: …") stay whole: those reach over blocks.
 */
export function splitBlocks(text: string): string[] {
  if (DEFINITION.test(text)) return [text];
  const blocks: string[][] = [[]];
  let fence: string | null = null;
  let maths: Maths | null = null;
  for (const line of text.split("\n")) {
    if (fence === null && maths === null && startsBlock(line, blocks.at(-1) ?? [])) blocks.push([]);
    if (maths === null) fence = fenceAfter(line, fence);
    if (fence === null) maths = mathsAfter(line, maths);
    blocks.at(-1)?.push(line);
  }
  return blocks.map((lines) => lines.join("\n").trimEnd()).filter((block) => block.trim() !== "");
}

/** What is drawn together: `at` is the number of blocks before it, and its name for as long as the text grows. */
export interface Piece {
  at: number;
  text: string;
}

/**
 * Thousands of blocks are dear one by one, so all but the last of many are drawn in groups.
 * While the text grows they become groups one after the other, and nothing else is drawn anew for that.
 */
export function groupBlocks(blocks: readonly string[]): Piece[] {
  const whole = Math.max(0, blocks.length - (blocks.length % GROUP) - GROUP);
  const groups = Array.from({ length: whole / GROUP }, (_, index) => index * GROUP);
  return [
    ...groups.map((at) => ({ at, text: blocks.slice(at, at + GROUP).join("\n\n") })),
    ...blocks.slice(whole).map((text, index) => ({ at: whole + index, text })),
  ];
}
