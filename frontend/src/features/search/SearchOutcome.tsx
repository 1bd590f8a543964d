import type { MeaningState, Room } from "@/protocol/types";
import type { ErrorLike } from "@/state/appState";
import type { SearchMode } from "@/state/search";
import { Button } from "@/ui/Button";
import { nameOf } from "./nameOf";
import type { Search } from "./useSearch";

interface Props {
  typed: string;
  /** How it was to be searched; how it was is told by what was found. */
  asked: SearchMode;
  found: Search;
  here: Room | null;
  onEverywhere: () => void;
  onMeaning: () => void;
}

const FIRST: Record<SearchMode, string> = {
  text: "Type a word that was said. The newest message comes first.",
  semantic: "Say in your own words what it was about. The nearest message comes first.",
  hybrid: "Type words, or what it was about. The best message comes first.",
};
const ORDER: Record<SearchMode, string> = { text: "the newest first", semantic: "the nearest first", hybrid: "the best first" };

/** On how it went, read aloud when it changes. */
export function SearchOutcome({ typed, asked, found, here, onEverywhere, onMeaning }: Props) {
  if (found.error) return <Failure error={found.error} onRetry={found.tryAgain} />;
  const { hits, isLoading, meaning } = found;
  const isEmpty = Boolean(typed.trim()) && !isLoading && hits.length === 0;
  return (
    <div className="search-outcome" role="status" data-testid={isEmpty ? "search-nothing" : "search-outcome"}>
      <span>{wordsFor(found, typed, asked, here)}</span>
      {isEmpty && asked === "text" && isThere(meaning) ? <Button isSmall data-testid="search-by-meaning" onClick={onMeaning}>Search by meaning</Button> : null}
      {isEmpty && here ? <Button isSmall data-testid="search-widen" onClick={onEverywhere}>Search everywhere</Button> : null}
      {asked === "text" || !typed.trim() ? null : <MeaningNote meaning={meaning} />}
    </div>
  );
}

const isThere = (meaning: MeaningState | null): boolean => meaning?.state === "ready" || meaning?.state === "reading";

function Failure({ error, onRetry }: { error: ErrorLike; onRetry: () => void }) {
  const isOurs = error.code === "invalid_input"; // somebody is still typing, most likely
  return (
    <div className={isOurs ? "search-outcome" : "note error search-outcome"} role={isOurs ? "status" : "alert"} data-testid="search-error" data-code={error.code}>
      <span>{error.message}</span>
      {isOurs || error.code === "too_wide" ? null : <Button isSmall onClick={onRetry}>Try again</Button>}
    </div>
  );
}

function wordsFor({ hits, isLoading, hasMore, mode }: Search, typed: string, asked: SearchMode, here: Room | null): string {
  if (!typed.trim()) return FIRST[asked];
  if (isLoading) return "Searching…";
  if (hits.length === 0) return nothing(mode, here);
  const count = `${hits.length}${hasMore ? " or more" : ""}`;
  return hits.length === 1 && !hasMore ? "1 message" : `${count} messages, ${ORDER[mode]}`;
}

function nothing(mode: SearchMode, here: Room | null): string {
  if (here) return `Nothing found in ${nameOf(here)}.`;
  return mode === "text" ? "Nothing found in your rooms. Try fewer words, or the beginning of one with *." : "Nothing found in your rooms. Say it in another way.";
}

/** Why there may be less than one would expect. */
function MeaningNote({ meaning }: { meaning: MeaningState | null }) {
  const words = meaning && noteFor(meaning);
  return words ? <p className="search-note" data-testid="search-meaning" data-state={meaning.state}>{words}</p> : null;
}

function noteFor({ state, done, total, problem }: MeaningState): string {
  if (state === "off") return "Only words were searched: this server has no model for meaning. Whoever runs it can set EMBEDDING_MODEL.";
  if (state === "away") return `Only words were searched. ${problem ?? "The model for meaning does not answer."} Search again in a moment.`;
  if (state === "reading") return `Older messages are still being read for their meaning: ${done.toLocaleString("en")} of about ${total.toLocaleString("en")} so far.`;
  return "";
}
