// Ways of signing in, and those that are linked to the own account.
import type { Identities, LinkBegun, SignInWays } from "@/protocol/types";
import { decodeAnswer } from "./decode";
import { request } from "./http";

export const httpSignIns = {
  ways: async (): Promise<SignInWays> => decodeAnswer<SignInWays>("SignInWays", await request("GET", "/api/auth/ways")),
  identities: async (): Promise<Identities> => decodeAnswer<Identities>("Identities", await request("GET", "/api/auth/identities")),
  link: async (path: string): Promise<LinkBegun> => decodeAnswer<LinkBegun>("LinkBegun", await request("POST", "/api/auth/identities", { path })),
  unlink: async (): Promise<void> => void (await request("DELETE", "/api/auth/identities")),
};
