import { useState } from "react";
import { notify } from "@/lib/notify";
import type { Member } from "@/protocol/types";
import { rooms } from "@/state/rooms";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";

/** For owners: everybody in the room, each to be taken out after asking once more. */
export function RoomPeople({ roomId, members, me }: { roomId: string; members: readonly Member[]; me: string }) {
  const [asked, setAsked] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const sorted = [...members].sort((a, b) => a.display_name.localeCompare(b.display_name));
  async function remove({ id, display_name }: Member) {
    setBusy(true);
    try {
      await rooms.removeMember(roomId, id);
      notify("success", `${display_name} is no longer in the room`);
    } catch (error) {
      notify("error", (error as Error).message);
    }
    setAsked(null);
    setBusy(false);
  }
  return (
    <section className="room-people" aria-labelledby="room-people-title">
      <h3 id="room-people-title">People <span className="muted">{members.length}</span></h3>
      <ul>
        {sorted.map((member) => (
          <li key={member.id} data-testid="room-person" data-username={member.username}>
            <Avatar id={member.id} name={member.display_name} isSmall />
            <span className="name">{member.display_name} <span className="muted">{member.id === me ? "you" : `@${member.username}`}</span></span>
            {member.id === me ? <span className="muted">owner</span> : asked === member.id ? (
              <span className="sure">
                <Button isSmall autoFocus onClick={() => setAsked(null)}>Keep</Button>
                <Button isSmall look="danger" disabled={isBusy} data-testid="remove-submit" onClick={() => void remove(member)}>Remove</Button>
              </span>
            ) : <Button isSmall look="quiet" data-testid="remove-member" aria-label={`Remove ${member.display_name} from the room`} onClick={() => setAsked(member.id)}>Remove…</Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
