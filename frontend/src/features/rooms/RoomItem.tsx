import { Hash, Lock } from "lucide-react";
import type { Room } from "@/protocol/types";
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
  if (room.unread > 0) return <span className="badge" data-testid="unread-badge">{room.unread > 99 ? "99+" : room.unread}<span className="sr-only"> unread</span></span>;
  return null;
}

export function RoomItem({ room, isActive, onOpen }: Props) {
  return (
    <li>
      <a
        href={`/rooms/${encodeURIComponent(room.slug)}`} className={`room-item ${room.unread > 0 ? "unread" : ""}`} aria-current={isActive ? "page" : undefined}
        data-testid="room-item" data-room-slug={room.slug} data-room-id={room.id} data-unread={room.unread}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          onOpen(room);
        }}
      >
        {room.kind === "private" ? <Lock size={14} role="img" aria-label="Private" /> : room.kind === "direct" ? <DirectMark roomId={room.id} /> : <Hash size={15} aria-hidden="true" />}
        <span className="name">{room.name}</span>
        <Badge room={room} />
      </a>
    </li>
  );
}
