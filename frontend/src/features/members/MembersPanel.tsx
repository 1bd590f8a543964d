import { MessageSquare, UserPlus } from "lucide-react";
import type { Member, Room } from "@/protocol/types";
import type { Presence } from "@/state/appState";
import { openDirect } from "@/state/directRooms";
import { useAppState } from "@/state/useAppState";
import { useMembers } from "@/state/useMembers";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/IconButton";
import "./members.css";

const ORDER: Record<Presence, number> = { online: 0, away: 1, offline: 2 };

interface Props {
  roomId: string;
  onOpen: (room: Room) => void;
  onInvite: (() => void) | null;
}

/** Who is in this room, those who are here now first. */
export function MembersPanel({ roomId, onOpen, onInvite }: Props) {
  const { members, memberCount } = useMembers(roomId, true);
  const presence = useAppState((state) => state.presence);
  const me = useAppState((state) => state.session.user?.id);
  const isDirect = useAppState((state) => state.rooms[roomId]?.kind === "direct");
  async function write(member: Member) {
    const room = await openDirect(member);
    if (room) onOpen(room);
  }
  const of = (id: string, known: Presence): Presence => (id === me ? "online" : (presence[id] ?? known));
  const sorted = [...members].map((member) => ({ ...member, presence: of(member.id, member.presence) }))
    .sort((a, b) => ORDER[a.presence] - ORDER[b.presence] || a.display_name.localeCompare(b.display_name));
  const people = sorted.filter((member) => !member.is_bot);
  const here = people.filter((member) => member.presence !== "offline").length;
  const bots = sorted.length - people.length;
  return (
    <section aria-labelledby="members-title" data-testid="members">
      <h2 id="members-title"><span>Here now</span><span>{here} of {memberCount - bots}</span></h2>
      <ul className="members">
        {sorted.map((member) => (
          <li key={member.id} data-testid="member" data-username={member.username} data-presence={member.presence} data-bot={member.is_bot}>
            <span className="with-dot"><Avatar id={member.id} name={member.display_name} isSmall />{member.is_bot && member.presence === "offline" ? null : <span className="dot" data-on={member.presence === "offline" ? "false" : member.presence} />}</span>
            <span className="name">{member.display_name}{member.id === me ? <span className="muted"> (you)</span> : null}</span>
            {member.is_bot && member.presence === "offline" ? null : <span className="sr-only">{member.presence}</span>}
            {member.is_bot ? <span className="role">bot</span> : null}
            {member.deactivated ? <span className="role">deactivated</span> : null}
            {member.role === "owner" && !isDirect ? <span className="role">owner</span> : null}
            {member.id === me || isDirect || member.deactivated ? null : <IconButton isSmall className="write" label={`Message ${member.display_name}`} tipAlign="end" data-testid="message-member" onClick={() => void write(member)}><MessageSquare size={15} /></IconButton>}
          </li>
        ))}
      </ul>
      {onInvite ? <button type="button" className="invite" data-testid="invite" onClick={onInvite}><UserPlus size={15} aria-hidden="true" />Invite someone</button> : null}
    </section>
  );
}

