import { BellOff, ChevronDown, Hash, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useAppState } from "@/state/useAppState";
import { DirectMark } from "./DirectMark";
import "./settings.css";

interface Props {
  roomId: string;
  before: ReactNode;
  after: ReactNode;
  onSettings: () => void;
}

/** Name and topic of the open room, with what the app puts beside them. */
export function RoomHeader({ roomId, before, after, onSettings }: Props) {
  const room = useAppState((state) => state.rooms[roomId]);
  if (!room) return null;
  const name = (
    <>
      {room.kind === "private" ? <Lock size={16} aria-label="Private room" /> : room.kind === "public" ? <Hash size={17} aria-hidden="true" /> : <DirectMark roomId={room.id} />}
      <span>{room.name}</span>
    </>
  );
  return (
    <header className="room-header">
      {before}
      <h1 data-testid="room-title">
        {room.is_member ? <button type="button" data-testid="room-settings" aria-haspopup="dialog" title="About this room" onClick={onSettings}>{name}<ChevronDown size={15} aria-hidden="true" /></button> : name}
      </h1>
      {room.is_archived ? <span className="room-tag">archived</span> : null}
      {room.is_muted ? <BellOff size={15} role="img" aria-label="Muted" className="muted-icon" /> : null}
      <span className="topic" title={room.topic}>{room.topic}</span>
      <div className="header-end">{after}</div>
    </header>
  );
}
