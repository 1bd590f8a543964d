import { unseen } from "@/lib/unseen";
import { MentionText } from "./MentionText";

/** Text as it was written: paragraphs and lines, nothing else. */
export function PlainText({ text }: { text: string }) {
  return unseen.inText(text).split(/\n{2,}/).filter((part) => part.trim() !== "").map((part, index) => <p key={index}><MentionText text={part} /></p>);
}
