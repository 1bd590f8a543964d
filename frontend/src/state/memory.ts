// The note of a room's older messages; whoever shows it hears of a change by an event. Each call throws `ApiError`.
import type { ReplyContext, RoomMemory } from "@/protocol/types";
import { httpMemory } from "@/transport/httpMemory";

export const memory = {
  show: (room: string): Promise<RoomMemory> => httpMemory.show(room),
  /** Refused if it is not the version any more that was edited. */
  edit: ({ room, version }: RoomMemory, text: string): Promise<RoomMemory> => httpMemory.change(room, { text, version }),
  turn: (room: string, isOn: boolean): Promise<RoomMemory> => httpMemory.change(room, { is_on: isOn }),
  clear: (room: string): Promise<RoomMemory> => httpMemory.clear(room),
  /** What the room's model would read if it were asked now; null in an empty room. */
  now: (room: string): Promise<ReplyContext | null> => httpMemory.now(room),
};
