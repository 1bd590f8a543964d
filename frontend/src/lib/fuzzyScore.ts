/**
 * How well the letters of `query` are found in `text` in their order: lower is better, `null` when they are not.
 * A word that begins so is best, then words that contain it, then letters apart, the nearer together the better.
 */
export function fuzzyScore(query: string, text: string): number | null {
  const [wanted, whole] = [query.toLowerCase(), text.toLowerCase()];
  const at = whole.indexOf(wanted);
  if (at === 0) return 0;
  if (at > 0) return /[\s._-]/.test(whole.charAt(at - 1)) ? 1 : 2;
  let place = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = whole.indexOf(letter, place + 1);
    if (next < 0) return null;
    if (place >= 0) gaps += next - place - 1;
    place = next;
  }
  return 3 + gaps;
}
