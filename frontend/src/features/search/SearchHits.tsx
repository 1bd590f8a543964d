import { Hash, Lock, User } from "lucide-react";
import { useEffect, useRef } from "react";
import { formatTime } from "@/lib/formatTime";
import { plainParts } from "@/lib/plainWords";
import type { Room, SearchHit } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import { byRoom } from "./byRoom";

const ICONS = { public: Hash, private: Lock, direct: User };

function RoomName({ room }: { room: Room | undefined }) {
  const Icon = ICONS[room?.kind ?? "public"];
  return <h3 aria-hidden="true"><Icon size={13} /><span>{room?.name ?? "A room you have left"}</span></h3>;
}

const WHY: Record<SearchHit["why"], string> = { text: "by words", meaning: "by meaning", both: "by both" };

function Hit({ hit, showsWhy }: { hit: SearchHit; showsWhy: boolean }) {
  return (
    <>
      <Avatar isSmall id={hit.author.id} name={hit.author.name} kind={hit.author.kind} />
      <span className="hit-words">
        <span className="hit-head"><b>{hit.author.name}</b>{hit.author.deactivated ? <span className="tag gone">deactivated</span> : null}<time dateTime={hit.created_at}>{formatTime.day(hit.created_at)}, {formatTime.clock(hit.created_at)}</time>{showsWhy ? <span className="hit-why" data-testid="hit-why">{WHY[hit.why]}</span> : null}</span>
        <span className="hit-text" data-testid="hit-text">{plainParts(hit.snippet).map((part, index) => (part.is_match ? <mark key={index}>{part.text}</mark> : part.text))}</span>
      </span>
    </>
  );
}

interface Props {
  hits: readonly SearchHit[];
  chosen: number;
  isLoading: boolean;
  /** Whether each says by what it was found. */
  showsWhy: boolean;
  hasMore: boolean;
  onChoose: (index: number) => void;
  onTake: (hit: SearchHit) => void;
  onEnd: () => void;
}

/** What was found, the best or the newest first, neighbours of one room under its name. Its end asks for more. */
export function SearchHits({ hits, chosen, isLoading, showsWhy, hasMore, onChoose, onTake, onEnd }: Props) {
  const rooms = useAppState((state) => state.rooms);
  const end = useRef<HTMLParagraphElement>(null);
  const latest = useRef(onEnd);
  useEffect(() => { latest.current = onEnd; });
  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) latest.current(); });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hits, hasMore]);
  return (
    <div role="listbox" id="search-hits" aria-label="Messages found" aria-busy={isLoading}>
      {byRoom(hits).map((group) => (
        <div key={`${group.first}-${group.room}`} role="group" aria-label={rooms[group.room]?.name ?? "A room you have left"} data-testid="search-room">
          <RoomName room={rooms[group.room]} />
          {group.hits.map((hit, place) => {
            const index = group.first + place;
            return (
              <button
                type="button" tabIndex={-1} key={hit.id} id={`hit-${index}`} role="option" aria-selected={index === chosen} data-testid="search-hit" data-message-id={hit.id}
                onMouseMove={() => { if (index !== chosen) onChoose(index); }} onClick={() => onTake(hit)}
              >
                <Hit hit={hit} showsWhy={showsWhy} />
              </button>
            );
          })}
        </div>
      ))}
      {hasMore ? <p ref={end} className="muted search-more" role="presentation">Loading more…</p> : null}
    </div>
  );
}
