// What models remember of a room, and what they would read of it now.
import type { ChangeMemory, ContextAnswer, ReplyContext, RoomMemory, RoomMemoryAnswer } from "@/protocol/types";
import { decodeAnswer } from "./decode";
import { request } from "./http";

const of = (room: string, what: string): string => `/api/rooms/${encodeURIComponent(room)}/${what}`;
const read = (answer: unknown): RoomMemory => decodeAnswer<RoomMemoryAnswer>("RoomMemoryAnswer", answer).memory;

export const httpMemory = {
  show: async (room: string): Promise<RoomMemory> => read(await request("GET", of(room, "memory"))),
  change: async (room: string, body: ChangeMemory): Promise<RoomMemory> => read(await request("PUT", of(room, "memory"), body)),
  clear: async (room: string): Promise<RoomMemory> => read(await request("DELETE", of(room, "memory"))),
  now: async (room: string): Promise<ReplyContext | null> => decodeAnswer<ContextAnswer>("ContextAnswer", await request("GET", of(room, "context"))).context,
};
