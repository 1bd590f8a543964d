// What whoever makes templates asks for; the list itself is in http.
import type { ChangeTemplate, CheckTemplate, CreateTemplate } from "@/protocol/types";
import { request } from "./http";

const one = (id: string, rest = ""): string => `/api/templates/${encodeURIComponent(id)}${rest}`;

export const httpTemplates = {
  create: (body: CreateTemplate) => request("POST", "/api/templates", body),
  change: (id: string, body: ChangeTemplate) => request("PUT", one(id), body),
  remove: (id: string) => request("DELETE", one(id)),
  check: (body: CheckTemplate) => request("POST", "/api/templates/check", body),
  versions: (id: string) => request("GET", one(id, "/versions")),
  version: (id: string, version: number) => request("GET", one(id, `/versions/${version}`)),
  bringBack: (id: string, version: number) => request("POST", one(id, `/versions/${version}`)),
};
