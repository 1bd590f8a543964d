import { FileText, X } from "lucide-react";
import { languageOf, type TextFile } from "./textFile";

/** The files that will go along, each with the way to leave it out. */
export function FileChips({ files, onRemove }: { files: readonly TextFile[]; onRemove: (file: TextFile) => void }) {
  if (files.length === 0) return null;
  return (
    <ul className="file-chips" aria-label="Files in this message">
      {files.map((file) => (
        <li key={file.id} className="file-chip" data-testid="file-chip">
          <FileText size={15} aria-hidden="true" />
          <b>{file.name}</b><span>{[languageOf(file.name) || "text", `${Array.from(file.text).length.toLocaleString()} characters`].join(" · ")}</span>
          <button type="button" aria-label={`Leave out ${file.name}`} data-testid="file-remove" onClick={() => onRemove(file)}><X size={14} aria-hidden="true" /></button>
        </li>
      ))}
    </ul>
  );
}
