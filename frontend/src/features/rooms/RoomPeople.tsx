import { UserMinus } from "lucide-react";
import { useState } from "react";
import { notify } from "@/lib/notify";
import type { Member } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";

const byName = (a: Member, b: Member): number => a.display_name.localeCompare(b.display_name);

/** Does it and says so, or why not. */
async function attempt(run: () => Promise<void>, done: string): Promise<void> {
  try {
    await run();
    notify("success", done);
  } catch (error) {
    notify("error", (error as Error).message);
  }
}

/** For owners: everybody in the room, each to be made an owner or a member, and to be taken out after asking once more. */
export function RoomPeople({ roomId, members, me }: { roomId: string; members: readonly Member[]; me: string }) {
  const [asked, setAsked] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function remove({ id, display_name }: Member) {
    setBusy(true);
    await attempt(() => rooms.removeMember(roomId, id), `${display_name} is no longer in the room`);
    setAsked(null);
    setBusy(false);
  }
  async function appoint({ id, display_name }: Member, role: Member["role"]) {
    setBusy(true);
    await attempt(() => rooms.changeRole(roomId, id, role), role === "owner" ? `${display_name} owns this room, too` : `${display_name} is a member now`);
    setBusy(false);
  }
  return (
    <section className="room-people" aria-labelledby="room-people-title">
      <h3 id="room-people-title">People <span className="muted">{members.length}</span></h3>
      <ul>
        {[...members].sort(byName).map((member) => (
          <li key={member.id} data-testid="room-person" data-username={member.username} data-role={member.role}>
            <Avatar id={member.id} name={member.display_name} isSmall />
            <span className="name">{member.display_name} <span className="muted">{member.id === me ? "you" : `@${member.username}`}{member.is_bot ? " · bot" : ""}</span></span>
            {asked === member.id ? (
              <span className="sure">
                <Button isSmall autoFocus onClick={() => setAsked(null)}>Keep</Button>
                <Button isSmall look="danger" disabled={isBusy} data-testid="remove-submit" onClick={() => void remove(member)}>Remove</Button>
              </span>
            ) : (
              <>
                <select className="role-select" value={member.role} disabled={isBusy} aria-label={`Role of ${member.display_name}`} data-testid="member-role" onChange={(event) => void appoint(member, event.target.value === "owner" ? "owner" : "member")}>
                  <option value="owner">Owner</option><option value="member">Member</option>
                </select>
                {member.id === me ? <span className="no-button" /> : <IconButton isSmall tipAlign="end" label={`Remove ${member.display_name} from the room`} data-testid="remove-member" onClick={() => setAsked(member.id)}><UserMinus size={15} /></IconButton>}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
