export type Sign = "@" | "#" | ":" | "/";

/** What is being written that a list can complete: "hi @lla|" has the sign @, the text "lla" and the start 3. */
export interface Trigger {
  sign: Sign;
  text: string;
  start: number;
}

/** After a space or a bracket; a : needs two letters, so that times and :) stay what they are, a / the whole message. */
const PATTERNS: readonly [Sign, RegExp][] = [
  ["@", /(?:^|[\s(])@([\w.:-]{0,40})$/],
  ["#", /(?:^|[\s(])#([\p{L}\p{N}_.-]{0,40})$/u],
  [":", /(?:^|[\s(])?(?<![\w:]):([a-z0-9_+-]{2,40})$/i],
  ["/", /^\/([\w-]{0,40})$/],
];

/** In a block between ``` or between single backticks of one line nothing is a mention. */
export function isInCode(before: string): boolean {
  const blocks = before.split("```");
  if (blocks.length % 2 === 0) return true;
  const line = (blocks.at(-1) ?? "").split("\n").at(-1) ?? "";
  return line.split("`").length % 2 === 0;
}

/** What is being triggered at the caret; nothing inside a word, an address or code. */
export function findTrigger(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret);
  for (const [sign, pattern] of PATTERNS) {
    const found = pattern.exec(before)?.[1];
    if (found === undefined) continue;
    if (isInCode(before) || (sign === "/" && text.slice(caret).trim() !== "")) return null;
    return { sign, text: found, start: caret - found.length - 1 };
  }
  return null;
}

/** The text and caret with `inserted` in place of what was typed; one space follows it. */
export function completed(text: string, caret: number, trigger: Trigger, inserted: string): { text: string; caret: number } {
  const before = `${text.slice(0, trigger.start)}${inserted} `;
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}
