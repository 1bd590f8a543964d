import type { ClipboardEvent } from "react";
import { notify } from "@/lib/notify";
import { readTextFile } from "./readTextFile";
import type { Draft } from "./useDraft";
import { useFileDrop } from "./useFileDrop";

/** Text files that are chosen, dropped or pasted go along with the message; others are refused in words. */
export function useFiles(draft: Draft, limit: number, focus: () => void) {
  async function add(files: readonly File[]) {
    const read = await Promise.all(files.map((file) => readTextFile(file, limit)));
    for (const one of read) if ("refusal" in one) notify("error", one.refusal);
    draft.addFiles(read.flatMap((one) => ("file" in one ? [one.file] : [])));
    focus();
  }
  const addAll = (files: readonly File[]) => void add(files);
  return {
    add: addAll,
    isOver: useFileDrop(addAll),
    onPaste(event: ClipboardEvent) {
      // A table from a spreadsheet comes as text and as a picture of it: then it is text.
      const files = [...event.clipboardData.files];
      if (files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      addAll(files);
    },
  };
}
