const COLOURS = ["#3f6f8f", "#8a5a83", "#7a6a2f", "#4f7a52", "#9a5a43", "#5b62a0", "#33777a", "#8c4f66"];

function colourOf(id: string): string {
  let hash = 0;
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return COLOURS[hash % COLOURS.length] ?? "#3f6f8f";
}

function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/).filter(Boolean);
  const first = words[0] ?? "?";
  const letters = words.length > 1 ? Array.from(first)[0] + (Array.from(words.at(-1) ?? "")[0] ?? "") : Array.from(first).slice(0, 2).join("");
  return letters.toUpperCase();
}

/** A model by its first letter and first digit: llama3 is L3. */
function modelMark(name: string): string {
  const letter = /[a-z]/i.exec(name)?.[0] ?? "M";
  return (letter + (/\d/.exec(name)?.[0] ?? "")).toUpperCase();
}

interface Props {
  id: string;
  name: string;
  kind?: "person" | "bot" | "model" | "agent";
  heat?: string;
  isSmall?: boolean;
}

/** People are square, models round, agents round in a colour of their own. Decoration only: the name stands beside it. */
export function Avatar({ id, name, kind = "person", heat, isSmall = false }: Props) {
  const size = isSmall ? "small" : "";
  if (kind === "model") return <span aria-hidden="true" className={`avatar model ${size}`} data-heat={heat}>{modelMark(name)}</span>;
  if (kind === "agent") return <span aria-hidden="true" className={`avatar agent ${size}`} style={{ background: colourOf(id) }} data-heat={heat}>{initials(name)}</span>;
  return <span aria-hidden="true" className={`avatar ${size}`} style={{ background: colourOf(id) }}>{initials(name)}</span>;
}
