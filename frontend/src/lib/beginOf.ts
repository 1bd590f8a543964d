const CHARS = 200;

/** The first characters of a text on one line, as the server quotes it. */
export function beginOf(text: string, chars = CHARS): string {
  const points = Array.from(text.split(/\s+/).filter(Boolean).join(" "));
  return points.length <= chars ? points.join("") : `${points.slice(0, chars - 1).join("").trimEnd()}…`;
}
