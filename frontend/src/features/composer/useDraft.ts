import { useState } from "react";
import { drafts } from "@/state/drafts";
import type { FilledTemplate } from "@/state/filledTemplate";
import { kept } from "@/state/kept";
import type { TextFile } from "./textFile";

/** What goes along with the text. */
interface Beside {
  template: FilledTemplate | null;
  files: readonly TextFile[];
}

const NOTHING: Beside = { template: null, files: [] };
const memory = kept<Beside>("draft-beside");

export type Draft = ReturnType<typeof useDraft>;

/** What is being written in a room, with all that belongs to it; it survives leaving and reload. */
export function useDraft(userId: string, roomId: string) {
  const [text, setText] = useState(() => drafts.read(userId, roomId));
  const [caret, setCaret] = useState(text.length);
  const [beside, setBeside] = useState<Beside>(() => memory.read(userId, roomId) ?? NOTHING);
  function write(value: string, at: number) {
    setText(value);
    setCaret(at);
    drafts.write(userId, roomId, value);
  }
  function change(changed: (known: Beside) => Beside) {
    setBeside((known) => {
      const next = changed(known);
      memory.write(userId, roomId, next.template || next.files.length > 0 ? next : null);
      return next;
    });
  }
  return {
    text, caret, ...beside, write, setCaret,
    isEmpty: text === "" && beside.template === null && beside.files.length === 0,
    setTemplate: (template: FilledTemplate | null) => change((known) => ({ ...known, template })),
    addFiles: (files: readonly TextFile[]) => change((known) => ({ ...known, files: [...known.files, ...files] })),
    removeFile: (file: TextFile) => change((known) => ({ ...known, files: known.files.filter(({ id }) => id !== file.id) })),
    clear() {
      write("", 0);
      change(() => NOTHING);
    },
  };
}
