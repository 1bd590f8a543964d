const FENCE = /^ {0,3}(`{3,}|~{3,})/gm;

/** Drops a last line that does not say yet what it will be: "-", "##", "12.", "===", half a table. */
function withoutUndecidedEnd(text: string): string {
  const start = text.lastIndexOf("\n") + 1;
  const last = text.slice(start);
  if (/^\s*([-=*_+#>~`]{1,6}|\\|\d+[.)])\s*$/.test(last)) return text.slice(0, start).trimEnd();
  if (/^\s*(\${1,2}|\\[[(])\s*$/.test(last) && mathsEnd(text)) return text.slice(0, start).trimEnd();
  const lines = text.split("\n");
  const table = lines.findIndex((line) => line.trimStart().startsWith("|"));
  const rows = table === -1 ? [] : lines.slice(table);
  const isHalfTable = rows.length > 0 && rows.every((row) => row.trimStart().startsWith("|")) && !/^\s*\|[\s:|-]*-[\s:|-]*\|\s*$/.test(rows[1] ?? "");
  return isHalfTable && rows.length <= 2 ? lines.slice(0, table).join("\n").trimEnd() : text;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

const MATHS = /\$\$[^$]*\$\$|\\\[[\s\S]*?\\\]|\\\([\s\S]*?\\\)|\$(?=\S)[^$\n]*[^\s$\\]\$(?![\w$])/g;

/** What closes the formula that a text ends in; nothing for a lone dollar, which may as well be a price. */
function mathsEnd(text: string): string {
  const rest = text.replace(/(`+)[^`]*\1(?!`)/g, "").replace(MATHS, "");
  const open = /(\$\$|\\\[|\\\(|\$(?=[^\s$]))/.exec(rest);
  if (!open) return "";
  if (open[1] === "$$") return rest.endsWith("$") && !rest.endsWith("$$") ? "$" : "$$";
  if (open[1] !== "$") return open[1] === "\\[" ? "\\]" : "\\)";
  return /[\\^_{}=]/.test(rest.slice(open.index)) ? "$" : "";
}

/** "[label](http://exa" shows as its label until the address is complete. */
function withoutHalfLink(text: string): string {
  return text.replace(/!?\[([^\]\n]*)(\](\([^)\n]*)?)?$/, (_, label: string) => label);
}

/**
 * The last block of a text that is still being written, with its open marks closed, so that nothing flickers between
 * `**bold` and bold. Only drawing uses it; the text itself is never changed.
 */
export function closeMarkdown(text: string): string {
  if (count(text, FENCE) % 2 === 1) return text;
  let result = withoutUndecidedEnd(text);
  if (count(result, /(?<!`)`(?!`)/g) % 2 === 1) return result.endsWith("`") ? result.slice(0, -1) : `${result}\``;
  const maths = mathsEnd(result);
  if (maths) return result.replace(/[\s\\]+$/, "") + maths;
  result = withoutHalfLink(result);
  const bare = result.replace(/`[^`]*`/g, "").replace(MATHS, "").replace(/^\s*[*+-]\s/gm, "");
  const trimmed = result.trimEnd();
  const strong = count(bare, /\*\*/g) % 2 === 1;
  const emphasis = count(bare.replace(/\*\*/g, ""), /\*(?=\S)|(?<=\S)\*/g) % 2 === 1;
  const struck = count(bare, /~~/g) % 2 === 1;
  if (/(^|\s)(\*{1,3}|~~)$/.test(trimmed)) return trimmed.replace(/(\*{1,3}|~~)$/, "").trimEnd();
  return trimmed + (emphasis ? "*" : "") + (strong ? "**" : "") + (struck ? "~~" : "");
}
