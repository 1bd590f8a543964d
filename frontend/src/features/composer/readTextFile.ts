import { randomId } from "@/lib/randomId";
import type { TextFile } from "./textFile";

/** Of UTF-8, for one character. */
const MOST_BYTES = 4;

export type ReadFile = { file: TextFile } | { refusal: string };

function decoded(bytes: ArrayBuffer): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text.replace(/\r\n?/g, "\n");
  } catch {
    return null;
  }
}

/** A file that may go into a message, or why it may not. */
export async function readTextFile(file: File, limit: number): Promise<ReadFile> {
  const tooLarge = { refusal: `${file.name} is too large: a message has at most ${limit.toLocaleString()} characters.` };
  if (file.size > limit * MOST_BYTES) return tooLarge;
  const bytes = await file.arrayBuffer().catch(() => null);
  if (bytes === null) return { refusal: `${file.name} cannot be read. Folders do not fit into a message.` };
  const text = decoded(bytes);
  if (text === null) return { refusal: `${file.name} is not a text file. Only text fits into a message.` };
  if (text.trim() === "") return { refusal: `${file.name} is empty.` };
  if (Array.from(text).length > limit) return tooLarge;
  return { file: { id: randomId(), name: file.name, text } };
}
