/** A text file that goes into a message. */
export interface TextFile {
  id: string;
  name: string;
  text: string;
}

/** By the end of a file's name, what its code is called in Markdown where that is something else. */
const LANGUAGES: Readonly<Record<string, string>> = {
  py: "python", pyi: "python", js: "javascript", mjs: "javascript", cjs: "javascript", ts: "typescript", mts: "typescript", rb: "ruby", rs: "rust", kt: "kotlin",
  cs: "csharp", sh: "bash", zsh: "bash", bash: "bash", yml: "yaml", md: "markdown", h: "c", hpp: "cpp", cc: "cpp", cxx: "cpp", htm: "html", svg: "xml", hs: "haskell",
  ex: "elixir", exs: "elixir", erl: "erlang", pl: "perl", ps1: "powershell", tf: "hcl", txt: "", text: "", log: "", patch: "diff", jsonl: "json", ndjson: "json", geojson: "json", cfg: "ini", conf: "ini",
};
const WHOLE_NAMES: Readonly<Record<string, string>> = { dockerfile: "dockerfile", makefile: "makefile", "cmakelists.txt": "cmake" };

/** What the code in a file is called after ```; empty for plain text. */
export function languageOf(name: string): string {
  const lower = name.toLowerCase();
  const known = WHOLE_NAMES[lower];
  if (known !== undefined) return known;
  const end = /\.([a-z0-9]{1,12})$/.exec(lower)?.[1] ?? "";
  return LANGUAGES[end] ?? end;
}

/** A file as Markdown: its name, and its text between more backticks than it has itself. */
export function fenced({ name, text }: TextFile): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `\`${name.replace(/[`\r\n]+/g, " ").trim()}\`\n${fence}${languageOf(name)}\n${text.replace(/\n$/, "")}\n${fence}`;
}

/** The message that a text and the files beside it make. */
export function withFiles(text: string, files: readonly TextFile[]): string {
  return [text.trim(), ...files.map(fenced)].filter(Boolean).join("\n\n");
}
