import { fuzzyScore } from "@/lib/fuzzyScore";
import type { Template } from "@/protocol/types";
import type { Command, Suggestion } from "./suggestion";

const MAX = 12;
/** Letters that lie further apart are no longer what was meant. */
const WORST = 6;

function score(query: string, name: string, title: string): number | null {
  const scores = [fuzzyScore(query, name), fuzzyScore(query, title)].filter((value) => value !== null);
  const best = Math.min(...scores);
  return best <= WORST ? best : null;
}

const SCOPES: Record<Template["scope"], string> = { built_in: "built in", room: "this room", own: "yours" };

/** What one types for a template: the id of one that comes with the server, the title of others. */
function nameOf({ id, scope, title }: Template): string {
  return scope === "built_in" ? id : title.toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "template";
}

/** Templates, then commands, that fit what was typed, the best first. */
export function slashSuggestions(query: string, templates: readonly Template[], commands: readonly Command[]): Suggestion[] {
  const all: [Suggestion, number | null][] = [
    ...templates.map((template): [Suggestion, number | null] => [
      { key: `template ${template.id}`, label: `/${nameOf(template)}`, note: template.description, tag: SCOPES[template.scope], mark: { kind: "template" }, take: { template } },
      score(query, nameOf(template), template.title),
    ]),
    ...commands.map(({ name, note, run }): [Suggestion, number | null] => [
      { key: `command ${name}`, label: `/${name}`, note, mark: { kind: "command" }, take: { run } }, score(query, name, note),
    ]),
  ];
  return all.filter((entry): entry is [Suggestion, number] => entry[1] !== null).sort((a, b) => a[1] - b[1]).slice(0, MAX).map(([suggestion]) => suggestion);
}
