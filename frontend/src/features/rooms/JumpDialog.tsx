import { Hash, Lock, Search, User } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { Room } from "@/protocol/types";
import { calling } from "@/state/calling";
import { openDirect } from "@/state/directRooms";
import { useAppState } from "@/state/useAppState";
import { usePeople } from "@/state/usePeople";
import { Dialog } from "@/ui/Dialog";
import { jumpTargets, type Target } from "./jumpTargets";

const ICONS = { public: Hash, private: Lock, direct: User };

function Row({ target }: { target: Target }) {
  if (target.kind === "person") return <><User size={15} aria-hidden="true" /><span className="name">{target.name}</span><span className="muted">@{target.person.username}</span></>;
  const { room } = target;
  const Icon = ICONS[room.kind];
  return (
    <>
      <Icon size={15} aria-hidden="true" /><span className="name">{room.name}</span>
      {room.is_archived ? <span className="muted">archived</span> : room.is_member ? (calling(room) > 0 ? <span className="badge">{calling(room)}</span> : null) : <span className="muted">not joined</span>}
    </>
  );
}

interface Props {
  /** What is typed already: `@` begins with the people. */
  begin?: string;
  onClose: () => void;
  onDone: (room: Room) => void;
}

/** Ctrl/Cmd+K: type a few letters, Enter opens the room or a conversation with the person. */
export default function JumpDialog({ begin = "", onClose, onDone }: Props) {
  const rooms = useAppState((state) => state.rooms);
  const active = useAppState((state) => state.activeRoom);
  const people = usePeople();
  const [query, setQuery] = useState(begin);
  const [at, setAt] = useState(0);
  const known = new Set(people.map((person) => person.id));
  // Who is found as a person is not shown a second time as the direct room with them.
  const listed = Object.values(rooms).filter((room) => !query || room.kind !== "direct" || !(room.partner && known.has(room.partner.id)));
  const found = jumpTargets(listed, people, query, active);
  const chosen = Math.min(at, found.length - 1);
  async function take(target: Target) {
    const room = target.kind === "room" ? target.room : await openDirect(target.person);
    if (room) onDone(room);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((chosen + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter" && found[chosen]) void take(found[chosen]);
    else return;
    event.preventDefault();
  }
  return (
    <Dialog title={begin === "@" ? "Message someone" : "Jump to"} onClose={onClose}>
      <div className="jump-dialog">
        <div className="jump-field">
          <Search size={16} aria-hidden="true" />
          <input
            autoFocus value={query} placeholder="A room or a person" aria-label="A room or a person" role="combobox" aria-expanded="true" aria-controls="jump-list"
            aria-activedescendant={found.length > 0 ? `jump-${chosen}` : undefined} data-testid="jump-input" onKeyDown={onKeyDown}
            onChange={(event) => { setQuery(event.target.value); setAt(0); }}
          />
        </div>
        <div role="listbox" id="jump-list" aria-label="Rooms and people">
          {found.map((target, index) => (
            <button
              type="button" tabIndex={-1} key={target.id} id={`jump-${index}`} role="option" aria-selected={index === chosen} data-testid="jump-option" data-kind={target.kind}
              onMouseMove={() => setAt(index)} onClick={() => void take(target)}
            >
              <Row target={target} />
            </button>
          ))}
        </div>
        {found.length === 0 ? <p className="muted">No room and nobody has this name.</p> : null}
        <p className="jump-hint"><kbd>#</kbd> rooms only, <kbd>@</kbd> people only, <kbd>Enter</kbd> opens</p>
      </div>
    </Dialog>
  );
}
