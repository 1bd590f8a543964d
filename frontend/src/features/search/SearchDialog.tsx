import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { SearchHit } from "@/protocol/types";
import { search, type SearchMode } from "@/state/search";
import { useAppState } from "@/state/useAppState";
import { Dialog } from "@/ui/Dialog";
import { SearchHints } from "./SearchHints";
import { SearchHits } from "./SearchHits";
import { SearchOutcome } from "./SearchOutcome";
import { SearchWay } from "./SearchWay";
import { nameOf } from "./nameOf";
import { useSearch } from "./useSearch";
import "./search.css";

interface Props {
  /** The open room. */
  roomId: string | null;
  onClose: () => void;
  onShow: (hit: SearchHit) => void;
}

/** Ctrl/Cmd+Shift+F: finds messages here or everywhere; Enter shows one in its place. */
export default function SearchDialog({ roomId, onClose, onShow }: Props) {
  const { typed, isHere } = useAppState((state) => state.sought);
  const room = useAppState((state) => Object.values(state.rooms).find(({ id, is_member }) => id === roomId && is_member));
  const here = (isHere && room) || null;
  const [mode, setMode] = useState(search.mode);
  const found = useSearch(typed, mode, here?.id ?? null);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const isTaken = useRef(false);
  const chosen = Math.min(at, found.hits.length - 1);
  useEffect(() => { input.current?.select(); }, []);
  useEffect(() => { document.getElementById(`hit-${chosen}`)?.scrollIntoView({ block: "nearest" }); }, [chosen]);

  function change(next: { typed?: string; isHere?: boolean }) {
    search.keep({ typed, isHere, ...next });
    setAt(0);
    input.current?.focus();
  }
  function choose(next: SearchMode) {
    search.keepMode(next);
    setMode(next);
    change({});
  }
  function take(hit: SearchHit) {
    isTaken.current = true;
    onShow(hit);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const hit = found.hits[chosen];
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, Math.max(0, found.hits.length - 1)));
    else if (event.key === "ArrowUp") setAt(Math.max(0, chosen - 1));
    else if (event.key === "Enter" && hit && !found.isLoading) take(hit);
    else return;
    event.preventDefault();
  }
  return (
    <Dialog title="Search messages" onClose={onClose} leavesFocus={() => isTaken.current}>
      <div className="search-dialog">
        <div className="search-field">
          <Search size={16} aria-hidden="true" />
          <input
            ref={input} autoFocus value={typed} placeholder={here ? `Search in ${nameOf(here)}` : "Search in all your rooms"} aria-label="Search messages" role="combobox" aria-expanded={found.hits.length > 0}
            aria-controls="search-hits" aria-activedescendant={found.hits.length > 0 ? `hit-${chosen}` : undefined} autoComplete="off" spellCheck={false} maxLength={500} data-testid="search-input"
            onKeyDown={onKeyDown} onChange={(event) => change({ typed: event.target.value })}
          />
        </div>
        <div className="search-choices">
          {room ? (
            <div className="search-scope" role="group" aria-label="Where">
              <button type="button" aria-pressed={isHere} data-testid="search-here" onClick={() => change({ isHere: true })}>In {nameOf(room)}</button>
              <button type="button" aria-pressed={!isHere} data-testid="search-everywhere" onClick={() => change({ isHere: false })}>Everywhere</button>
            </div>
          ) : null}
          <SearchWay mode={mode} onChoose={choose} />
        </div>
        <SearchHints onTake={(text) => change({ typed: typed.trim() ? `${typed.trimEnd()} ${text}` : text })} />
        <SearchOutcome typed={typed} asked={mode} found={found} here={here} onEverywhere={() => change({ isHere: false })} onMeaning={() => choose("hybrid")} />
        <SearchHits hits={found.hits} chosen={chosen} isLoading={found.isLoading} showsWhy={found.mode === "hybrid"} hasMore={found.hasMore} onChoose={setAt} onTake={take} onEnd={found.loadMore} />
      </div>
    </Dialog>
  );
}
