// What admins of the server see and do. Each call throws `ApiError`.
import type {
  Agent, AgentsAnswer, AdminBackend, AdminBackends, AdminPeople, AdminPerson, AdminPersonAnswer, AdminRoom, AdminRooms, AuditEntry, AuditPage, BotCreated, CacheFacts, ChangeAgent, ChangePerson, CreateAgent, KeyCreated,
  Limit, Limits, NewPassword,
} from "@/protocol/types";
import { decodeAnswer } from "@/transport/decode";
import { http } from "@/transport/http";
import { httpAdmin } from "@/transport/httpAdmin";
import { asNew } from "./agentFields";

/** Some of a long list; `next` asks for what comes after, `total` is unknown for a list that is not counted. */
export interface Page<T> {
  items: T[];
  next: string | null;
  total: number | null;
}

export const admin = {
  async people(search: string, after: string | null): Promise<Page<AdminPerson>> {
    const { people, next, total } = decodeAnswer<AdminPeople>("AdminPeople", await httpAdmin.people(search, after));
    return { items: people, next, total };
  },
  async changePerson(id: string, body: ChangePerson): Promise<AdminPerson> {
    return decodeAnswer<AdminPersonAnswer>("AdminPersonAnswer", await httpAdmin.changePerson(id, body)).person;
  },
  /** `key` is the secret itself; nobody is ever told it again. */
  makeBot: async (name: string): Promise<BotCreated> => decodeAnswer<BotCreated>("BotCreated", await httpAdmin.makeBot(name)),
  giveKey: async (id: string): Promise<string> => decodeAnswer<KeyCreated>("KeyCreated", await httpAdmin.giveKey(id)).key,
  /** The password itself; nobody is ever told it again. */
  async resetPassword(id: string): Promise<string> {
    return decodeAnswer<NewPassword>("NewPassword", await httpAdmin.resetPassword(id)).password;
  },
  async rooms(search: string, after: string | null): Promise<Page<AdminRoom>> {
    const { rooms, next, total } = decodeAnswer<AdminRooms>("AdminRooms", await httpAdmin.rooms(search, after));
    return { items: rooms, next, total };
  },
  async audit(action: string, person: string, before: string | null): Promise<Page<AuditEntry>> {
    const { entries, next } = decodeAnswer<AuditPage>("AuditPage", await httpAdmin.audit(action, person, before));
    return { items: entries, next, total: null };
  },
  agents: async (): Promise<Agent[]> => decodeAnswer<AgentsAnswer>("AgentsAnswer", await httpAdmin.agents()).agents,
  makeAgent: async (fields: CreateAgent): Promise<void> => void (await httpAdmin.createAgent(asNew(fields))),
  changeAgent: async (id: string, changes: ChangeAgent): Promise<void> => void (await http.changeAgent(id, changes)),
  deleteAgent: async (id: string): Promise<void> => void (await httpAdmin.deleteAgent(id)),
  backends: async (): Promise<AdminBackend[]> => decodeAnswer<AdminBackends>("AdminBackends", await httpAdmin.backends()).backends,
  limits: async (): Promise<Limit[]> => decodeAnswer<Limits>("Limits", await httpAdmin.limits()).limits,
  cache: async (): Promise<CacheFacts[]> => [decodeAnswer<CacheFacts>("CacheFacts", await httpAdmin.cache())],
  emptyCache: async (): Promise<void> => void (await httpAdmin.emptyCache()),
};
