/** The text without its first `count` code points. */
export function dropPoints(text: string, count: number): string {
  return count <= 0 ? text : Array.from(text).slice(count).join("");
}
