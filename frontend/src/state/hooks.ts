// The addresses by which programs post into a room, and those that it posts to. Each call throws `ApiError`.
import type { CreateOutgoingHook, IncomingHook, OutgoingHookCreated, OutgoingHooks } from "@/protocol/types";
import { httpHooks } from "@/transport/httpHooks";

export interface NewHook {
  hook: IncomingHook;
  address: string;
}

export const hooks = {
  list: (room: string): Promise<IncomingHook[]> => httpHooks.list(room),
  async create(room: string, name: string): Promise<NewHook> {
    const { hook, path } = await httpHooks.create(room, name);
    return { hook, address: location.origin + path };
  },
  remove: (room: string, hook: string): Promise<void> => httpHooks.remove(room, hook),
  outgoing: (room: string): Promise<OutgoingHooks> => httpHooks.outgoing(room),
  createOutgoing: (room: string, body: CreateOutgoingHook): Promise<OutgoingHookCreated> => httpHooks.createOutgoing(room, body),
  removeOutgoing: (room: string, hook: string): Promise<void> => httpHooks.removeOutgoing(room, hook),
  enableOutgoing: (room: string, hook: string): Promise<void> => httpHooks.enableOutgoing(room, hook),
};
