// The own name, password, sign-ins and API keys. Each call throws `ApiError`.
import type { KeyCreated, KeyInfo, KeysAnswer, PasswordChanged, SessionInfo, SessionsAnswer } from "@/protocol/types";
import { decodeAnswer } from "@/transport/decode";
import { http } from "@/transport/http";

export const account = {
  /** Everybody hears of it by an event, this tab as well. */
  changeName: async (name: string): Promise<void> => void (await http.changeName(name)),
  /** How many other sign-ins were ended by it. */
  changePassword: async (current: string, password: string): Promise<number> =>
    decodeAnswer<PasswordChanged>("PasswordChanged", await http.changePassword({ current_password: current, new_password: password })).ended_sessions,
  /** This one first, then those seen last. */
  async sessions(): Promise<SessionInfo[]> {
    const { sessions } = decodeAnswer<SessionsAnswer>("SessionsAnswer", await http.sessions());
    return sessions.sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen_at.localeCompare(a.last_seen_at));
  },
  endSession: async (id: string): Promise<void> => void (await http.endSession(id)),
  keys: async (): Promise<KeyInfo[]> => decodeAnswer<KeysAnswer>("KeysAnswer", await http.keys()).keys,
  /** `key` in the answer is the secret itself; nobody is ever told it again. */
  createKey: async (name: string): Promise<KeyCreated> => decodeAnswer<KeyCreated>("KeyCreated", await http.createKey(name)),
  revokeKey: async (id: string): Promise<void> => void (await http.revokeKey(id)),
};
