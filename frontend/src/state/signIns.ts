// How one may sign in here, and what a sign-in elsewhere has come to. Each call throws `ApiError`.
import type { Identities, Provider, SignInWays } from "@/protocol/types";
import { httpSignIns } from "@/transport/httpSignIns";

const PROBLEM = "roundtable_problem";

const here = (): string => window.location.pathname + window.location.search;

export const signIns = {
  ways: (): Promise<SignInWays> => httpSignIns.ways(),
  identities: (): Promise<Identities> => httpSignIns.identities(),
  /** Where the button of a provider leads; from there one comes back to this page. */
  addressOf: ({ path }: Provider): string => `${path}?path=${encodeURIComponent(here())}`,
  /** Leaves this page, and comes back to it. */
  async link(): Promise<void> {
    window.location.assign((await httpSignIns.link(here())).address);
  },
  unlink: (): Promise<void> => httpSignIns.unlink(),
  /** Why a sign-in elsewhere has failed, as the server left it for this page; told once. */
  takeProblem(): string | null {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${PROBLEM}=`));
    if (!found) return null;
    document.cookie = `${PROBLEM}=; max-age=0; path=/`;
    return decodeURIComponent(found.slice(PROBLEM.length + 1).replace(/^"|"$/g, ""));
  },
};
