// What Markdown says, without its signs: for the one line that quotes a message. Not a parser: a line that was cut off is none.
const CODE = /(`+)(.+?)\1/;
const RULE = /\|(?:\s*:?-+:?\s*\|)+/g;
/** What stands behind a backslash is no sign; meanwhile it is a character of nobody's. */
const ESCAPED = /\\([\\`*_{}[\]()#+\-.!|~>])/g;
const HIDDEN = /[\ue021-\ue07e]/g;
const OFFSET = 0xe000;
const CELLS = /\s*\|(?:\s*\|)*\s*/g;

const SIGNS: readonly [RegExp, string][] = [
  [/!?\[([^\][]*)\]\([^()\s]*(?:\s"[^"]*")?\)/g, "$1"],
  [/<(https?:[^<>\s]+)>/g, "$1"],
  [/(\*\*|~~)(?=\S)(.+?)(?<=\S)\1/g, "$2"],
  [/(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)/g, "$1"],
  [/(?<![\w*])\*(?=[^\s*])([^*]*)(?<=\S)\*(?![\w*])/g, "$1"],
  [/(?<!\w)_(?=[^\s_])([^_]*)(?<=\S)_(?!\w)/g, "$1"],
  [/(^|\s)#{1,6} (?=\S)/g, "$1"],
];

function withoutSigns(text: string): string {
  const hidden = text.replace(ESCAPED, (_, sign: string) => String.fromCharCode(OFFSET + sign.charCodeAt(0)));
  const told = hidden.search(RULE) >= 0 ? hidden.replace(RULE, "|").replace(CELLS, " · ") : hidden;
  const plain = SIGNS.reduce((words, [sign, kept]) => words.replace(sign, kept), told);
  return plain.replace(HIDDEN, (sign) => String.fromCharCode(sign.charCodeAt(0) - OFFSET));
}

/** `text` is one line, as `beginOf` makes it. What stands in code stays as it is. */
export function plainWords(text: string): string {
  const line = text.replace(/^(?:> ?|[-*+] )+/, "").replace(/`{3,}(?:[\w+#-]+(?=\s))?/g, "");
  const said: string[] = [];
  for (let rest = line; rest !== "";) {
    const code = CODE.exec(rest);
    said.push(withoutSigns(code ? rest.slice(0, code.index) : rest), code?.[2] ?? "");
    rest = code ? rest.slice(code.index + code[0].length) : "";
  }
  return said.join("").replace(/\s+/g, " ").replace(/^[\s·]+|[\s·]+$/g, "");
}

const BEGIN = "\ue000", END = "\ue001"; // characters of nobody's, as above
const MATCH = /\ue000([^\ue000\ue001]*)\ue001/;

interface Part { text: string; is_match: boolean }

/** The plain words of what was found, with the same places marked. Where a place would be lost, as in a link's address, all stays as it is. */
export function plainParts(parts: readonly Part[]): readonly Part[] {
  const marked = parts.map((part) => (part.is_match ? BEGIN + part.text + END : part.text)).join("");
  const plain = plainWords(marked).split(MATCH).map((text, place) => ({ text, is_match: place % 2 === 1 }));
  const isWhole = plain.filter((part) => part.is_match).length === parts.filter((part) => part.is_match).length;
  return isWhole ? plain.filter((part) => part.text !== "") : parts;
}
