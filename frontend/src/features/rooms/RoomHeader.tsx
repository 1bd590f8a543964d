import { Hash, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useAppState } from "@/state/useAppState";

/** Name and topic of the open room, with what the app puts beside them. */
export function RoomHeader({ roomId, before, after }: { roomId: string; before: ReactNode; after: ReactNode }) {
  const room = useAppState((state) => state.rooms[roomId]);
  if (!room) return null;
  return (
    <header className="room-header">
      {before}
      <h1 data-testid="room-title">
        {room.kind === "private" ? <Lock size={16} aria-label="Private room" /> : room.kind === "public" ? <Hash size={17} aria-hidden="true" /> : null}
        <span>{room.name}</span>
      </h1>
      <span className="topic" title={room.topic}>{room.topic}</span>
      <div className="header-end">{after}</div>
    </header>
  );
}
