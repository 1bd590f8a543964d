import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Room } from "@/protocol/types";

/** The archived rooms of this person, folded away unless one of them is open. */
export function ArchivedSection({ archived, active, item }: { archived: readonly Room[]; active: string | null; item: (room: Room) => ReactNode }) {
  const [isUnfolded, setUnfolded] = useState(false);
  const isShown = isUnfolded || archived.some((room) => room.id === active);
  if (archived.length === 0) return null;
  return (
    <>
      <h2 className="section fold">
        <button type="button" aria-expanded={isShown} data-testid="archived-rooms" onClick={() => setUnfolded(!isShown)}><ChevronRight size={13} aria-hidden="true" />Archived <span>{archived.length}</span></button>
      </h2>
      {isShown ? <ul data-testid="archived-list">{archived.map(item)}</ul> : null}
    </>
  );
}
