const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const BELONGS_TO_ABOVE = /^(\s+\S|[-*+]\s|\d+[.)]\s)/;
const LIST = /^\s*([-*+]|\d+[.)])\s/;

/**
 * Cuts Markdown where one block surely ends, so that while text streams in only the last piece is drawn again.
 * Texts with definitions ("[1]: …", "[^1]: …") stay whole: those reach over blocks.
 */
export function splitBlocks(text: string): string[] {
  if (/^ {0,3}\[[^\]]+\]:/m.test(text)) return [text];
  const blocks: string[] = [];
  let current: string[] = [];
  let fence: string | null = null;
  let isAfterBlank = false;
  for (const line of text.split("\n")) {
    const marker = FENCE.exec(line)?.[1];
    const isInList = LIST.test(current[0] ?? "");
    const continues = isInList && BELONGS_TO_ABOVE.test(line);
    if (fence === null && isAfterBlank && line.trim() !== "" && !continues && current.some((kept) => kept.trim() !== "")) {
      blocks.push(current.join("\n").trimEnd());
      current = [];
    }
    if (fence === null && marker) fence = marker;
    else if (fence !== null && marker && marker[0] === fence[0] && marker.length >= fence.length && /^\s*[`~]+\s*$/.test(line)) fence = null;
    current.push(line);
    isAfterBlank = line.trim() === "";
  }
  const rest = current.join("\n").trimEnd();
  if (rest.trim() !== "") blocks.push(rest);
  return blocks;
}
