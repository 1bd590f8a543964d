import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";

const PAUSE_MS = 200;

/** Says what is looked for, once somebody pauses in typing. */
export function SearchField({ label, testId, onSearch }: { label: string; testId: string; onSearch: (words: string) => void }) {
  const [typed, setTyped] = useState("");
  const latest = useRef(onSearch);
  useEffect(() => { latest.current = onSearch; });
  useEffect(() => {
    const timer = setTimeout(() => latest.current(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label className="admin-search">
      <Search size={15} aria-hidden="true" />
      <span className="sr-only">{label}</span>
      <input type="search" placeholder={label} value={typed} maxLength={80} data-testid={testId} onChange={(event) => setTyped(event.target.value)} />
    </label>
  );
}
