import { notify } from "@/lib/notify";
import type { Member, Room } from "@/protocol/types";
import { rooms } from "./rooms";

/** The direct room with a person, made with the first use. `null` when it could not be had, which was said. */
export async function openDirect(person: Pick<Member, "id" | "display_name">): Promise<Room | null> {
  try {
    return await rooms.create({ name: person.display_name, kind: "direct", members: [person.id] });
  } catch (error) {
    notify("error", (error as Error).message);
    return null;
  }
}
