import type { Room } from "@/protocol/types";
import { KINDS, POLICIES } from "./roomWords";

/** How the room is set up, for those who cannot change it. */
export function RoomFacts({ room }: { room: Room }) {
  return (
    <dl className="room-facts" data-testid="room-facts">
      <div><dt>Topic</dt><dd>{room.topic || "None yet"}</dd></div>
      <div><dt>Models</dt><dd>{POLICIES.find(({ value }) => value === room.reply_policy)?.hint}{room.models[0] ? ` This room has ${room.models[0]}.` : null}</dd></div>
      {room.stop_policy === "asker" ? <div><dt>Stopping a reply</dt><dd>Only who asked for it can, and the owners.</dd></div> : null}
    </dl>
  );
}

/** Who can see the room, in a sentence. */
export function PrivacyLine({ room }: { room: Room }) {
  const kind = KINDS.find(({ value }) => value === room.kind);
  return kind ? <p className="privacy"><b>{kind.label}.</b> {kind.hint}</p> : null;
}
