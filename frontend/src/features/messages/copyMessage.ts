import { announcer } from "@/lib/announcer";
import { copyText } from "@/lib/copyText";
import { notify } from "@/lib/notify";
import type { Message } from "@/protocol/types";

/** The address of a message that stays the same, whatever becomes of its room's name. */
export function permalink(message: Pick<Message, "id">): string {
  return `${location.origin}/m/${encodeURIComponent(message.id)}`;
}

/** Copies and says so; false when the browser does not let us. */
export async function copyAndSay(text: string, done: string): Promise<boolean> {
  const isDone = await copyText(text);
  if (isDone) announcer.say(done);
  else notify("error", "Your browser did not allow copying. Select the text and copy it by hand.");
  return isDone;
}
