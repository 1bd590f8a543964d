import { useContext } from "react";
import { splitMentions } from "@/lib/splitMentions";
import { HandlesContext } from "./HandlesContext";

/** Text in which the people and models of this room stand out. */
export function MentionText({ text }: { text: string }) {
  const { all, mine } = useContext(HandlesContext);
  return splitMentions(text, all).map((piece, index) => {
    if (!piece.isMention) return piece.text;
    return <span key={index} className={`mention ${piece.text.slice(1).toLowerCase() === mine ? "me" : ""}`}>{piece.text}</span>;
  });
}
