import { Hash, Lock, MessageSquare } from "lucide-react";
import { useCallback, useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import type { AdminRoom } from "@/protocol/types";
import { admin } from "@/state/admin";
import { PagedList } from "./PagedList";
import { SearchField } from "./SearchField";
import { usePages } from "./usePages";

const ICONS = { public: Hash, private: Lock, direct: MessageSquare };
const KINDS = { public: "Public", private: "Private", direct: "Direct" };
const counted = (count: number, one: string): string => `${count.toLocaleString()} ${one}${count === 1 ? "" : "s"}`;

function Row({ room }: { room: AdminRoom }) {
  const Icon = ICONS[room.kind];
  return (
    <li className="admin-row" data-testid="room-row" data-room-id={room.id} data-kind={room.kind}>
      <span className="admin-icon"><Icon size={16} aria-hidden="true" /></span>
      <span className="text">
        <span className="name"><b>{room.name}</b>{room.archived ? <span className="mark">archived</span> : null}</span>
        <span className="sub">{KINDS[room.kind]} · {counted(room.members, "member")}</span>
      </span>
      <span className="facts"><span>{counted(room.messages, "message")}</span><span className="sub">{room.last_message_at ? `last ${formatAgo(room.last_message_at)}` : "nothing said yet"}</span></span>
    </li>
  );
}

/** All rooms, with what an admin may know of those that they are not in. */
export function RoomsPart() {
  const [search, setSearch] = useState("");
  const load = useCallback((after: string | null) => admin.rooms(search, after), [search]);
  const pages = usePages(load);
  return (
    <>
      <div className="admin-bar">
        <SearchField label="Find a room by name" testId="rooms-search" onSearch={setSearch} />
        {pages.total === null ? null : <span className="muted" role="status">{counted(pages.total, "room")}</span>}
      </div>
      <PagedList label="Rooms" pages={pages} empty="No room is called so.">{(room) => <Row key={room.id} room={room} />}</PagedList>
    </>
  );
}
