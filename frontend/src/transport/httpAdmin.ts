// What only admins ask for.
import type { ChangePerson, CreateAgent } from "@/protocol/types";
import { request } from "./http";

function withQuery(path: string, query: Record<string, string | null>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

const person = (id: string, rest = ""): string => `/api/admin/people/${encodeURIComponent(id)}${rest}`;

export const httpAdmin = {
  people: (search: string, after: string | null) => request("GET", withQuery("/api/admin/people", { search, after })),
  changePerson: (id: string, body: ChangePerson) => request("PATCH", person(id), body),
  resetPassword: (id: string) => request("POST", person(id, "/password")),
  makeBot: (name: string) => request("POST", "/api/admin/bots", { name }),
  giveKey: (id: string) => request("POST", `/api/admin/bots/${encodeURIComponent(id)}/keys`),
  rooms: (search: string, after: string | null) => request("GET", withQuery("/api/admin/rooms", { search, after })),
  agents: () => request("GET", "/api/agents"),
  createAgent: (body: CreateAgent) => request("POST", "/api/agents", body),
  deleteAgent: (id: string) => request("DELETE", `/api/agents/${encodeURIComponent(id)}`),
  backends: () => request("GET", "/api/admin/backends"),
  limits: () => request("GET", "/api/admin/limits"),
  cache: () => request("GET", "/api/llm/cache"),
  emptyCache: () => request("DELETE", "/api/llm/cache"),
  audit: (action: string, who: string, before: string | null) => request("GET", withQuery("/api/admin/audit", { action, person: who, before })),
};
