import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { Room } from "@/protocol/types";
import { IconButton } from "@/ui/IconButton";

/** The conversations with one other person, under their own heading. */
export function DirectSection({ direct, item, onStart }: { direct: readonly Room[]; item: (room: Room) => ReactNode; onStart: () => void }) {
  return (
    <>
      <div className="section direct"><h2>Direct messages</h2><IconButton isSmall label="Message someone" tipSide="bottom" tipAlign="end" data-testid="start-direct" onClick={onStart}><Plus size={16} /></IconButton></div>
      <ul data-testid="direct-list">{direct.map(item)}</ul>
    </>
  );
}
