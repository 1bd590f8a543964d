import { Archive, Hash } from "lucide-react";
import { useEffect, useState } from "react";
import type { Room } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

type Found = { rooms: Room[] } | { error: string } | null;

/** All public rooms of this server, to join or to open. */
export default function BrowseRoomsDialog({ onClose, onDone }: { onClose: () => void; onDone: (room: Room) => void }) {
  const [found, setFound] = useState<Found>(null);
  const [joining, setJoining] = useState<string | null>(null);
  const load = () => {
    rooms.list().then(
      (all) => setFound({ rooms: all.filter((room) => room.kind === "public").sort((a, b) => a.name.localeCompare(b.name)) }),
      (error: Error) => setFound({ error: error.message }),
    );
  };
  useEffect(load, []);
  async function open(room: Room) {
    setJoining(room.id);
    try {
      onDone(room.is_member ? room : await rooms.join(room.id));
    } catch (error) {
      setFound({ error: (error as Error).message });
    }
  }
  const archived = found && "rooms" in found ? found.rooms.filter((room) => room.is_archived) : [];
  const item = (room: Room) => (
    <li key={room.id} data-testid="browse-item" data-room-slug={room.slug}>
      {room.is_archived ? <Archive size={16} aria-hidden="true" /> : <Hash size={16} aria-hidden="true" />}
      <span className="text"><b>{room.name}</b><span>{room.topic || "No topic"}</span></span>
      <Button isSmall look={room.is_member || room.is_archived ? "plain" : "primary"} disabled={joining !== null} data-testid="join-room" aria-label={`${room.is_member ? "Open" : "Join"} ${room.name}`} onClick={() => void open(room)}>
        {room.is_member ? "Open" : "Join"}
      </Button>
    </li>
  );
  return (
    <Dialog title="Browse rooms" onClose={onClose}>
      {found === null ? <p className="muted" aria-busy="true">Looking for rooms…</p> : null}
      {found && "error" in found ? <div className="note error" role="alert">{found.error} <Button isSmall onClick={load}>Try again</Button></div> : null}
      {found && "rooms" in found && found.rooms.length === 0 ? <p className="muted">There is no public room yet. Create the first one.</p> : null}
      {found && "rooms" in found ? (
        <>
          <ul className="browse-list">{found.rooms.filter((room) => !room.is_archived).map(item)}</ul>
          {archived.length > 0 ? <><h3>Archived, to read</h3><ul className="browse-list">{archived.map(item)}</ul></> : null}
        </>
      ) : null}
    </Dialog>
  );
}
