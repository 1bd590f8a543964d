import { useEffect, useState } from "react";
import { announcer } from "@/lib/announcer";

/** Where announcements are put for screen readers; nobody sees it. */
export function LiveRegion() {
  const [text, setText] = useState("");
  useEffect(() => announcer.subscribe(setText), []);
  return <div className="sr-only" role="status" aria-live="polite">{text}</div>;
}
