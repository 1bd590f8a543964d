import { type MouseEvent, useContext } from "react";
import { splitMentions } from "@/lib/splitMentions";
import { openAddress, roomAddress } from "@/state/openAddress";
import { HandlesContext } from "./HandlesContext";

/** A link to a room; with a modifier the browser opens it elsewhere, as it does any link. */
function RoomLink({ slug, name, text }: { slug: string; name: string; text: string }) {
  function onClick(event: MouseEvent) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openAddress(roomAddress(slug));
  }
  return <a className="mention room" href={roomAddress(slug)} title={`Go to ${name}`} data-testid="room-link" onClick={onClick}>{text}</a>;
}

/** Text in which the people and models of this room stand out, and rooms are links. */
export function MentionText({ text }: { text: string }) {
  const { all, mine, rooms } = useContext(HandlesContext);
  return splitMentions(text, all, rooms).map((piece, index) => {
    const name = piece.text.slice(1).toLowerCase();
    if (piece.kind === "room") return <RoomLink key={index} slug={name} name={rooms.get(name) ?? name} text={piece.text} />;
    return piece.kind === "text" ? piece.text : <span key={index} className={`mention ${name === mine ? "me" : ""}`}>{piece.text}</span>;
  });
}
