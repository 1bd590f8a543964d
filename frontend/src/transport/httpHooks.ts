// Webhooks of a room.
import type { CreateOutgoingHook, IncomingHook, IncomingHookCreated, IncomingHooks, OutgoingHookCreated, OutgoingHooks } from "@/protocol/types";
import { decodeAnswer } from "./decode";
import { request } from "./http";

const of = (room: string, hook = "", kind = "hooks"): string => `/api/rooms/${encodeURIComponent(room)}/${kind}${hook && `/${encodeURIComponent(hook)}`}`;
const out = (room: string, hook = ""): string => of(room, hook, "outgoing-hooks");

export const httpHooks = {
  list: async (room: string): Promise<IncomingHook[]> => decodeAnswer<IncomingHooks>("IncomingHooks", await request("GET", of(room))).hooks,
  /** `path` in the answer is the address; nobody is ever told it again. */
  create: async (room: string, name: string): Promise<IncomingHookCreated> => decodeAnswer<IncomingHookCreated>("IncomingHookCreated", await request("POST", of(room), { name })),
  remove: async (room: string, hook: string): Promise<void> => void (await request("DELETE", of(room, hook))),
  outgoing: async (room: string): Promise<OutgoingHooks> => decodeAnswer<OutgoingHooks>("OutgoingHooks", await request("GET", out(room))),
  /** `key` in the answer verifies what is posted; nobody is ever told it again. */
  createOutgoing: async (room: string, body: CreateOutgoingHook): Promise<OutgoingHookCreated> => decodeAnswer<OutgoingHookCreated>("OutgoingHookCreated", await request("POST", out(room), body)),
  removeOutgoing: async (room: string, hook: string): Promise<void> => void (await request("DELETE", out(room, hook))),
  enableOutgoing: async (room: string, hook: string): Promise<void> => void (await request("PUT", `${out(room, hook)}/enabled`)),
};
