/** Up to here code is shown as it is. */
const MOST_LINES = 120;
const SHOWN_LINES = 60;

export interface Folded {
  shown: string;
  lines: number;
}

/** The part of long code to show: its begin, or its end while it is being written; null if it is not long. */
export function foldCode(text: string, isStreaming: boolean): Folded | null {
  const lines = text.split("\n");
  if (lines.length <= MOST_LINES) return null;
  const shown = isStreaming ? lines.slice(-SHOWN_LINES) : lines.slice(0, SHOWN_LINES);
  return { shown: shown.join("\n"), lines: lines.length };
}
