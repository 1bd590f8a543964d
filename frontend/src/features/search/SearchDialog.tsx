import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Room, SearchHit } from "@/protocol/types";
import { search } from "@/state/search";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SearchHints } from "./SearchHints";
import { SearchHits } from "./SearchHits";
import { useSearch } from "./useSearch";
import "./search.css";

interface Props {
  /** The open room. */
  roomId: string | null;
  onClose: () => void;
  onShow: (hit: SearchHit) => void;
}

const nameOf = (room: Room): string => (room.kind === "direct" ? room.name : `#${room.name}`);

/** Ctrl/Cmd+Shift+F: finds messages here or everywhere; Enter shows one in its place. */
export default function SearchDialog({ roomId, onClose, onShow }: Props) {
  const { typed, isHere } = useAppState((state) => state.sought);
  const room = useAppState((state) => Object.values(state.rooms).find(({ id, is_member }) => id === roomId && is_member));
  const here = (isHere && room) || null;
  const found = useSearch(typed, here?.id ?? null);
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
        {room ? (
          <div className="search-scope" role="group" aria-label="Where">
            <button type="button" aria-pressed={isHere} data-testid="search-here" onClick={() => change({ isHere: true })}>In {nameOf(room)}</button>
            <button type="button" aria-pressed={!isHere} data-testid="search-everywhere" onClick={() => change({ isHere: false })}>Everywhere</button>
          </div>
        ) : null}
        <SearchHints onTake={(text) => change({ typed: typed.trim() ? `${typed.trimEnd()} ${text}` : text })} />
        <Outcome typed={typed} found={found} here={here} onEverywhere={() => change({ isHere: false })} />
        <SearchHits hits={found.hits} chosen={chosen} isLoading={found.isLoading} hasMore={found.hasMore} onChoose={setAt} onTake={take} onEnd={found.loadMore} />
      </div>
    </Dialog>
  );
}

interface OutcomeProps {
  typed: string;
  found: ReturnType<typeof useSearch>;
  here: Room | null;
  onEverywhere: () => void;
}

/** One line on how it went, read aloud when it changes. */
function Outcome({ typed, found, here, onEverywhere }: OutcomeProps) {
  const { error, hits, isLoading, hasMore } = found;
  if (error) {
    const isOurs = error.code === "invalid_input"; // somebody is still typing, most likely
    return (
      <div className={isOurs ? "search-outcome" : "note error search-outcome"} role={isOurs ? "status" : "alert"} data-testid="search-error" data-code={error.code}>
        <span>{error.message}</span>
        {isOurs || error.code === "too_wide" ? null : <Button isSmall onClick={found.tryAgain}>Try again</Button>}
      </div>
    );
  }
  const isEmpty = Boolean(typed.trim()) && !isLoading && hits.length === 0;
  return (
    <div className="search-outcome" role="status" data-testid={isEmpty ? "search-nothing" : "search-outcome"}>
      <span>{wordsFor(found, typed, here, hasMore)}</span>
      {isEmpty && here ? <Button isSmall data-testid="search-widen" onClick={onEverywhere}>Search everywhere</Button> : null}
    </div>
  );
}

function wordsFor({ hits, isLoading }: ReturnType<typeof useSearch>, typed: string, here: Room | null, hasMore: boolean): string {
  if (!typed.trim()) return "Type a word that was said. The newest message comes first.";
  if (isLoading) return "Searching…";
  if (hits.length === 0) return here ? `Nothing found in ${nameOf(here)}.` : "Nothing found in your rooms. Try fewer words, or the beginning of one with *.";
  const count = `${hits.length}${hasMore ? " or more" : ""}`;
  return hits.length === 1 && !hasMore ? "1 message" : `${count} messages, the newest first`;
}
