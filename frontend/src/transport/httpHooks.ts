// Webhooks of a room.
import type { IncomingHook, IncomingHookCreated, IncomingHooks } from "@/protocol/types";
import { decodeAnswer } from "./decode";
import { request } from "./http";

const of = (room: string, hook = ""): string => `/api/rooms/${encodeURIComponent(room)}/hooks${hook && `/${encodeURIComponent(hook)}`}`;

export const httpHooks = {
  list: async (room: string): Promise<IncomingHook[]> => decodeAnswer<IncomingHooks>("IncomingHooks", await request("GET", of(room))).hooks,
  /** `path` in the answer is the address; nobody is ever told it again. */
  create: async (room: string, name: string): Promise<IncomingHookCreated> => decodeAnswer<IncomingHookCreated>("IncomingHookCreated", await request("POST", of(room), { name })),
  remove: async (room: string, hook: string): Promise<void> => void (await request("DELETE", of(room, hook))),
};
