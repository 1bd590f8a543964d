import { notify } from "@/lib/notify";
import { useAppState } from "@/state/useAppState";
import { useMembers } from "@/state/useMembers";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { PrivacyLine, RoomFacts } from "./RoomFacts";
import { RoomPeople } from "./RoomPeople";
import { SettingsForm } from "./SettingsForm";

/** What a room is and who is in it. Owners change it; everybody can leave. */
export default function RoomSettingsDialog({ roomId, onClose, onLeave }: { roomId: string; onClose: () => void; onLeave: () => void }) {
  const room = useAppState((state) => state.rooms[roomId]);
  const me = useAppState((state) => state.session.user?.id ?? "");
  const { members } = useMembers(roomId, true);
  if (!room?.is_member) return null;
  const isOwner = members.some((member) => member.id === me && member.role === "owner");
  const owners = members.filter((member) => member.role === "owner").map((member) => member.display_name);
  function onDone() {
    notify("success", "The room’s settings are saved");
    onClose();
  }
  return (
    <Dialog title={isOwner ? "Room settings" : `About #${room.name}`} onClose={onClose}>
      <PrivacyLine room={room} />
      {isOwner ? <><SettingsForm room={room} onDone={onDone} /><RoomPeople roomId={roomId} members={members} me={me} /></> : (
        <>
          <RoomFacts room={room} />
          <p className="muted">{owners.length > 0 ? `${owners.join(", ")} can change this.` : "Nobody owns this room, so nobody changes these settings."}</p>
        </>
      )}
      <div className="leave-row">
        <span><b>Leave this room</b><span>{room.kind === "private" ? "You can only come back when someone invites you." : "You can come back with Browse rooms."}</span></span>
        <Button isSmall look="danger" data-testid="settings-leave" onClick={onLeave}>Leave…</Button>
      </div>
    </Dialog>
  );
}
