import type { AgentAction } from "@/protocol/types";

const VERBS: Record<AgentAction["action"], string> = {
  planned: "made a plan", started: "looks into it", finding: "found something", finished: "finished the answer", skipped: "left out", failed: "failed",
};

/** Who did it, as one would write to them; the planner and the writer are no members. */
export function whoOf({ agent }: AgentAction): string {
  return agent === "planner" ? "Planner" : agent === "writer" ? "Writer" : `@${agent}`;
}

export function verbOf({ agent, action }: AgentAction): string {
  return agent === "writer" && action === "started" ? "begins to write" : VERBS[action];
}

/** Agents that found something, of those that were asked. */
export function foundWords(actions: readonly AgentAction[]): string {
  const asked = new Set(actions.filter(({ agent, action }) => action === "started" && agent !== "writer").map(({ agent }) => agent)).size;
  const found = actions.filter(({ action }) => action === "finding").length;
  if (asked === 0) return "What the agents did";
  return found === asked ? `${found} ${found === 1 ? "agent" : "agents"} worked on this` : `${found} of ${asked} agents found something`;
}

/** What goes on now, in one line. */
export function nowWords(actions: readonly AgentAction[]): string {
  const last = actions.at(-1);
  return last ? `${whoOf(last)} ${verbOf(last)}` : "Planning who looks into what";
}
