import { Archive, BellOff, Hash, Lock, Pencil } from "lucide-react";
import type { Room } from "@/protocol/types";
import { calling } from "@/state/calling";
import { useHasDraft } from "@/state/useHasDraft";
import { DirectMark } from "./DirectMark";

interface Props {
  room: Room;
  isActive: boolean;
  onOpen: (room: Room) => void;
}

function Badge({ room }: { room: Room }) {
  if (room.mentions > 0) {
    const words = ` ${room.mentions} ${room.mentions === 1 ? "mention" : "mentions"}`;
    return <span className="badge at" data-testid="mention-badge"><span aria-hidden="true">@{room.mentions}</span><span className="sr-only">{words}</span></span>;
  }
  const count = calling(room);
  if (count > 0) return <span className="badge" data-testid="unread-badge">{count > 99 ? "99+" : count}<span className="sr-only"> unread</span></span>;
  return null;
}

function KindIcon({ room }: { room: Room }) {
  if (room.is_archived) return <Archive size={14} aria-hidden="true" />;
  if (room.kind === "private") return <Lock size={14} role="img" aria-label="Private" />;
  return room.kind === "direct" ? <DirectMark roomId={room.id} /> : <Hash size={15} aria-hidden="true" />;
}

/** What is set for the room, or begun in it, by this person alone. */
function Marks({ room, hasDraft }: { room: Room; hasDraft: boolean }) {
  return (
    <span className="marks">
      {hasDraft ? <span role="img" aria-label="draft" title="You have begun to write here" data-testid="draft-mark"><Pencil size={13} aria-hidden="true" /></span> : null}
      {room.is_muted ? <span role="img" aria-label="muted" title="Muted: only mentions count" data-testid="muted-mark"><BellOff size={13} aria-hidden="true" /></span> : null}
    </span>
  );
}

export function RoomItem({ room, isActive, onOpen }: Props) {
  const hasDraft = useHasDraft(room.id) && !isActive && !room.is_archived;
  return (
    <li>
      <a
        href={`/rooms/${encodeURIComponent(room.slug)}`} className={`room-item ${calling(room) > 0 ? "unread" : ""} ${room.is_muted || room.is_archived ? "quiet" : ""}`} aria-current={isActive ? "page" : undefined}
        data-testid="room-item" data-room-slug={room.slug} data-room-id={room.id} data-unread={room.unread}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          onOpen(room);
        }}
      >
        <KindIcon room={room} />
        <span className="name">{room.name}</span>
        {hasDraft || room.is_muted ? <Marks room={room} hasDraft={hasDraft} /> : null}
        <Badge room={room} />
      </a>
    </li>
  );
}
