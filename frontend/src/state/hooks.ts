// The addresses by which programs post into a room. Each call throws `ApiError`.
import type { IncomingHook } from "@/protocol/types";
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
};
