import { Compass, Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { Room } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { IconButton } from "@/ui/IconButton";
import { Logo } from "@/ui/Logo";
import { ArchivedSection } from "./ArchivedSection";
import { DirectSection } from "./DirectSection";
import { orderedRooms } from "./orderedRooms";
import { RoomItem } from "./RoomItem";
import "./rooms.css";

interface Props {
  onOpen: (room: Room) => void;
  onCreate: () => void;
  onBrowse: () => void;
  onJump: () => void;
  onDirect: () => void;
  footer: ReactNode;
  close: ReactNode;
}

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The rooms of this person, what is unread in them, and the ways to more. */
export function Sidebar({ onOpen, onCreate, onBrowse, onJump, onDirect, footer, close }: Props) {
  const rooms = useAppState((state) => state.rooms);
  const active = useAppState((state) => state.activeRoom);
  const isGuest = useAppState((state) => state.session.user?.role === "guest");
  const { shared, direct, archived } = orderedRooms(rooms);
  const item = (room: Room) => <RoomItem key={room.id} room={room} isActive={room.id === active} onOpen={onOpen} />;
  return (
    <>
      <div className="brand"><Logo />Roundtable{close}</div>
      <button type="button" className="jump" data-testid="jump" onClick={onJump}><span>Jump to…</span><kbd>{IS_APPLE ? "⌘" : "Ctrl"} K</kbd></button>
      <nav className="room-nav" aria-label="Rooms" data-testid="room-list">
        <div className="section"><h2>Rooms</h2>{isGuest ? null : <IconButton isSmall label="Create a room" tipSide="bottom" tipAlign="end" data-testid="create-room" onClick={onCreate}><Plus size={16} /></IconButton>}</div>
        <ul>{shared.map(item)}</ul>
        {shared.length === 0 ? <p className="no-rooms">You are in no room yet.</p> : null}
        {isGuest ? null : <button type="button" className="room-item browse" data-testid="browse-rooms" onClick={onBrowse}><Compass size={15} aria-hidden="true" /><span className="name">Browse rooms</span></button>}
        <DirectSection direct={direct} item={item} onStart={onDirect} />
        <ArchivedSection archived={archived} active={active} item={item} />
      </nav>
      {footer}
    </>
  );
}
