import type { Agent, Member, ModelInfo } from "@/protocol/types";
import { shortHandle } from "@/state/shortHandle";
import type { Suggestion } from "./suggestion";

interface Choice {
  handle: string;
  name: string;
  kind: "person" | "model" | "agent";
  note: string;
  id: string;
}

const MAX = 8;

function rank(choice: Choice, query: string): number {
  const handle = choice.handle.toLowerCase();
  if (handle.startsWith(query)) return 0;
  if (choice.name.toLowerCase().split(/\s+/).some((word) => word.startsWith(query))) return 1;
  return handle.includes(query) ? 2 : -1;
}

const TEAM: Choice = { handle: "team", name: "Team", kind: "agent", note: "all agents of this room, one answer", id: "agent:team" };

/** Agents, models and people whose handle or name fits, best first, and in this order among equals. */
export function mentionSuggestions(query: string, models: readonly ModelInfo[], members: readonly Member[], agents: readonly Agent[], me: string): Suggestion[] {
  const working = agents.filter(({ is_on }) => is_on);
  const all: Choice[] = [
    ...(working.length > 0 ? [TEAM] : []),
    ...working.map(({ handle, name, description, id }) => ({ handle, name, kind: "agent" as const, note: description || name, id: `agent:${id}` })),
    ...models.map((model) => ({ handle: shortHandle(model, models), name: model.name, kind: "model" as const, note: `model · ${model.backend}`, id: model.id })),
    ...members.filter((member) => member.id !== me && !member.deactivated)
      .map((member) => ({ handle: member.username, name: member.display_name, kind: "person" as const, note: member.display_name, id: member.id })),
  ];
  const wanted = query.toLowerCase();
  return all
    .filter((choice, index) => all.findIndex((other) => other.handle === choice.handle) === index)
    .map((choice) => ({ choice, rank: rank(choice, wanted) }))
    .filter(({ rank: value }) => value >= 0)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX)
    .map(({ choice: { handle, name, kind, note, id } }) => ({ key: handle, label: `@${handle}`, note, mark: { kind, id, name }, take: { insert: `@${handle}` } }));
}
