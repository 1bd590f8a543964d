import type { ReactNode } from "react";
import { notify } from "@/lib/notify";
import type { Member, Room } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { useMembers } from "@/state/useMembers";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { type Tab, Tabs } from "@/ui/Tabs";
import { ArchiveRow } from "./ArchiveRow";
import { DeleteRoomRow } from "./DeleteRoomRow";
import { MuteRow } from "./MuteRow";
import { PartRow } from "./PartRow";
import { PrivacyLine, RoomFacts } from "./RoomFacts";
import { RoomPeople } from "./RoomPeople";
import { SettingsForm } from "./SettingsForm";

function titleOf(room: Room): string {
  if (room.kind === "direct") return `You and ${room.name}`;
  return room.role === "owner" ? "Room settings" : `About #${room.name}`;
}

/** How the room is, for those who cannot change it, and who can. */
function About({ room, members }: { room: Room; members: readonly Member[] }) {
  const owners = members.filter((member) => member.role === "owner").map((member) => member.display_name);
  const nobody = room.kind === "public" ? "Moderators and admins of this server can change this once they are in it." : "Nobody owns this room, so nobody changes these settings.";
  return (
    <>
      <PrivacyLine room={room} />
      <RoomFacts room={room} />
      <p className="muted">{owners.length > 0 ? `${owners.join(", ")} can change this.` : nobody}</p>
    </>
  );
}

/** What owners change, part by part. What is archived is not changed before it is in use again. */
function OwnerTabs({ room, members, me, canEnd, templates, memory, hooks, onClose, onLeave }: { room: Room; members: readonly Member[]; me: string; canEnd: boolean; templates: ReactNode; memory: ReactNode; hooks: ReactNode; onClose: () => void; onLeave: () => void }) {
  function onSaved() {
    notify("success", "The room’s settings are saved");
    onClose();
  }
  const tabs: Tab[] = [
    { id: "settings", label: "Settings", content: room.is_archived ? <About room={room} members={members} /> : <SettingsForm room={room} onDone={onSaved} /> },
    { id: "people", label: "People", content: <RoomPeople roomId={room.id} members={members} me={me} /> },
    { id: "templates", label: "Templates", content: templates },
    { id: "memory", label: "Memory", content: memory },
    { id: "hooks", label: "Webhooks", content: hooks },
    { id: "end", label: canEnd ? "Leave or end" : "Leave", content: <><LeaveRow room={room} onLeave={onLeave} />{canEnd ? <><ArchiveRow room={room} /><DeleteRoomRow room={room} onDone={onClose} /></> : null}</> },
  ];
  return <Tabs label="Room settings" tabs={tabs} />;
}

function LeaveRow({ room, onLeave }: { room: Room; onLeave: () => void }) {
  return (
    <div className="action-row">
      <span><b>Leave this room</b><span>{room.kind === "private" ? "You can only come back when someone invites you." : "You can come back with Browse rooms."}</span></span>
      <Button isSmall look="danger" data-testid="settings-leave" onClick={onLeave}>Leave…</Button>
    </div>
  );
}

/** In a direct room only what models remember: it has no templates, and nobody leaves it. */
function ForMembers({ room, members, templates, memory, onLeave }: { room: Room; members: readonly Member[]; templates: ReactNode; memory: ReactNode; onLeave: () => void }) {
  const remembered = <PartRow title="What models remember" hint="Of the messages that are too many to read at once." testId="show-memory" part={memory} />;
  if (room.kind === "direct") return remembered;
  return (
    <>
      <About room={room} members={members} />
      <PartRow title="Templates of this room" hint="What everybody here can put a message into, by typing /." testId="show-templates" part={templates} />
      {remembered}
      <LeaveRow room={room} onLeave={onLeave} />
    </>
  );
}

interface Props {
  roomId: string;
  templates: ReactNode;
  memory: ReactNode;
  hooks: ReactNode;
  onClose: () => void;
  onLeave: () => void;
}

/** What a room is and who is in it. Owners change it, its `templates`, its `memory` and its `hooks`; everybody can mute and leave it. */
export default function RoomSettingsDialog({ roomId, templates, memory, hooks, onClose, onLeave }: Props) {
  const room = useAppState((state) => state.rooms[roomId]);
  const me = useAppState((state) => state.session.user);
  const { members } = useMembers(roomId, true);
  if (!room?.is_member || !me) return null;
  const isDirect = room.kind === "direct";
  const isOwner = room.role === "owner" && !isDirect;
  const canEnd = !isDirect && room.slug !== "general";
  return (
    <Dialog title={titleOf(room)} onClose={onClose}>
      <MuteRow room={room} />
      {isOwner ? <OwnerTabs room={room} members={members} me={me.id} canEnd={canEnd} templates={templates} memory={memory} hooks={hooks} onClose={onClose} onLeave={onLeave} /> : null}
      {isOwner ? null : <ForMembers room={room} members={members} templates={templates} memory={memory} onLeave={onLeave} />}
      {!isOwner && canEnd && me.role === "admin" ? <DeleteRoomRow room={room} onDone={onClose} /> : null}
    </Dialog>
  );
}
