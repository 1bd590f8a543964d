import { useEffect, useRef, useState } from "react";

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Takes files that are dropped anywhere on the page (else the browser would leave it for them); true while some are over it. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFiles);
  useEffect(() => { latest.current = onFiles; });
  useEffect(() => {
    let depth = 0;
    const count = (event: DragEvent, by: number) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = Math.max(0, depth + by);
      setOver(depth > 0);
    };
    const listeners: [string, (event: DragEvent) => void][] = [
      ["dragenter", (event) => count(event, 1)],
      ["dragleave", (event) => count(event, -1)],
      ["dragover", (event) => { if (hasFiles(event)) event.preventDefault(); }],
      ["drop", (event) => {
        if (!hasFiles(event)) return;
        count(event, -Infinity);
        latest.current([...(event.dataTransfer?.files ?? [])]);
      }],
    ];
    for (const [name, listener] of listeners) window.addEventListener(name, listener as EventListener);
    return () => { for (const [name, listener] of listeners) window.removeEventListener(name, listener as EventListener); };
  }, []);
  return isOver;
}
