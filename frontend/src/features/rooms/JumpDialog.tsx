import { Hash, Lock, Search, User } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { Room } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { Dialog } from "@/ui/Dialog";
import { matchingRooms } from "./matchingRooms";

const ICONS = { public: Hash, private: Lock, direct: User };

/** Ctrl/Cmd+K: type a few letters, Enter opens the room. */
export default function JumpDialog({ onClose, onDone }: { onClose: () => void; onDone: (room: Room) => void }) {
  const rooms = useAppState((state) => state.rooms);
  const active = useAppState((state) => state.activeRoom);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const found = matchingRooms(Object.values(rooms), query, active);
  const chosen = Math.min(at, found.length - 1);
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((chosen + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter" && found[chosen]) onDone(found[chosen]);
    else return;
    event.preventDefault();
  }
  return (
    <Dialog title="Jump to a room" onClose={onClose}>
      <div className="jump-dialog">
        <div className="jump-field">
          <Search size={16} aria-hidden="true" />
          <input
            autoFocus value={query} placeholder="Name of a room" aria-label="Name of a room" role="combobox" aria-expanded="true" aria-controls="jump-list"
            aria-activedescendant={found.length > 0 ? `jump-${chosen}` : undefined} data-testid="jump-input" onKeyDown={onKeyDown}
            onChange={(event) => { setQuery(event.target.value); setAt(0); }}
          />
        </div>
        <div role="listbox" id="jump-list" aria-label="Rooms">
          {found.map((room, index) => {
            const Icon = ICONS[room.kind];
            return (
              <button type="button" tabIndex={-1} key={room.id} id={`jump-${index}`} role="option" aria-selected={index === chosen} onMouseMove={() => setAt(index)} onClick={() => onDone(room)}>
                <Icon size={15} aria-hidden="true" /><span className="name">{room.name}</span>
                {room.is_member ? (room.unread > 0 ? <span className="badge">{room.unread}</span> : null) : <span className="muted">not joined</span>}
              </button>
            );
          })}
        </div>
        {found.length === 0 ? <p className="muted">No room has this name.</p> : null}
      </div>
    </Dialog>
  );
}
