import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "@/ui/IconButton";

/** Chooses text files; they may as well be dropped or pasted. */
export function FileButton({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton isSmall label="Add a text file" data-testid="file-button" onClick={() => input.current?.click()}><Paperclip size={16} /></IconButton>
      <input
        ref={input} type="file" multiple hidden data-testid="file-input" aria-label="Text files"
        onChange={(event) => { onFiles([...(event.target.files ?? [])]); event.target.value = ""; }}
      />
    </>
  );
}
