import type { Template, TemplateContent, TemplateVariable } from "@/protocol/types";

export interface DraftVariable extends Omit<TemplateVariable, "choices"> {
  key: string;
  /** One on each line. */
  choices: string;
}

/** What is wrong with a template, and with which part of it. */
export interface Fault {
  message: string;
  field?: string | null;
}

/** What is said at a part of the form. */
export function faultAt(fault: Fault | null, part: string): string | null {
  const field = fault?.field?.replace(/^template\./, "");
  return fault && (field === part || field?.startsWith(`${part}.`)) ? fault.message : null;
}

type Written = Required<Pick<TemplateContent, "title" | "description" | "placeholder" | "body" | "system" | "output" | "kind" | "domain">>;

/** A template as it is being written. */
export interface Draft extends Written {
  variables: DraftVariable[];
  model: string;
  temperature: string;
  maxTokens: string;
  /** What cannot be set here and stays as it is. */
  options: NonNullable<TemplateContent["options"]>;
}

const TEXTS = ["title", "description", "placeholder", "body", "system", "output", "kind", "domain"] as const;
const EMPTY: Draft = {
  title: "", description: "", placeholder: "", body: "{{ content }}", system: "", output: "", kind: "", domain: "", variables: [], model: "", temperature: "", maxTokens: "", options: {},
};
let keys = 0;

export const newKey = (): string => `v${(keys += 1)}`;
const shown = (value: number | null | undefined): string => (value === null || value === undefined ? "" : String(value));
const numberOf = (text: string): number | null => (text.trim() === "" ? null : Number(text));

export function draftOf(template: Template | null): Draft {
  if (!template) return EMPTY;
  const { options } = template;
  return {
    ...(Object.fromEntries(TEXTS.map((name) => [name, template[name]])) as unknown as Written),
    variables: template.variables.map((variable) => ({ ...variable, key: newKey(), choices: variable.choices.join("\n") })),
    model: template.model ?? "", temperature: shown(options.temperature), maxTokens: shown(options.max_tokens), options,
  };
}

const lines = (text: string): string[] => text.split("\n").map((line) => line.trim()).filter(Boolean);

function variableOf({ name, label, type, required, default: preset, choices }: DraftVariable): TemplateVariable {
  return { name: name.trim(), label: label.trim(), type, required, default: preset, choices: type === "choice" ? lines(choices) : [] };
}

/** As the server wants it. */
export function contentOf(draft: Draft): TemplateContent {
  return {
    ...(Object.fromEntries(TEXTS.map((name) => [name, draft[name]])) as unknown as Written),
    title: draft.title.trim(),
    variables: draft.variables.map(variableOf),
    model: draft.model || null,
    options: { ...draft.options, temperature: numberOf(draft.temperature), max_tokens: numberOf(draft.maxTokens) },
  };
}

const SAMPLES: Record<TemplateVariable["type"], (variable: TemplateVariable) => string | number | boolean> = {
  text: ({ label }) => `‹${label}›`,
  longtext: ({ label }) => `‹${label}›`,
  choice: ({ choices }) => choices[0] ?? "",
  number: () => 1,
  switch: () => true,
};

/** Something to fill in where there is no default, so that a preview shows where it goes. */
export function samplesOf(content: TemplateContent): Record<string, string | number | boolean> {
  const open = (content.variables ?? []).filter((variable) => variable.default === "");
  return Object.fromEntries(open.map((variable) => [variable.name, SAMPLES[variable.type](variable)]));
}

/** The name of a copy: "Translate (copy)". */
export const copyOf = (template: Template): Draft => ({ ...draftOf(template), title: `${template.title.slice(0, 73)} (copy)` });
