import type { Template, TemplateUse, TemplateVariable } from "@/protocol/types";

/** A template as somebody fills it in: their texts by the names of its variables. */
export interface FilledTemplate {
  template: Template;
  values: Readonly<Record<string, string>>;
}

/** What a message is sent with: the values as the server wants them, and how they will be shown. */
export interface SentTemplate {
  use: TemplateUse;
  variables: Readonly<Record<string, string | number | boolean>>;
}

export function beginTemplate(template: Template): FilledTemplate {
  return { template, values: Object.fromEntries(template.variables.map((variable) => [variable.name, variable.type === "switch" ? variable.default || "no" : variable.default])) };
}

export const valueOf = ({ values }: FilledTemplate, { name }: TemplateVariable): string => (values[name] ?? "").trim();

/** Why a variable cannot be sent as it is; null if it can. */
export function wrongWith(filled: FilledTemplate, variable: TemplateVariable): string | null {
  const value = valueOf(filled, variable);
  if (value === "") return variable.required ? "Fill this in." : null;
  return variable.type === "number" && !Number.isFinite(Number(value)) ? "Write a number." : null;
}

export function firstWrong(filled: FilledTemplate): TemplateVariable | undefined {
  return filled.template.variables.find((variable) => wrongWith(filled, variable) !== null);
}

function typed({ type }: TemplateVariable, value: string): string | number | boolean {
  if (type === "number") return Number(value);
  return type === "switch" ? value === "yes" : value;
}

export function sentTemplate(filled: FilledTemplate): SentTemplate {
  const given = filled.template.variables.filter((variable) => valueOf(filled, variable) !== "");
  return {
    use: {
      id: filled.template.id,
      title: filled.template.title,
      version: filled.template.version,
      domain: "",
      variables: given.map((variable) => ({ name: variable.name, label: variable.label, value: valueOf(filled, variable) })),
    },
    variables: Object.fromEntries(given.map((variable) => [variable.name, typed(variable, valueOf(filled, variable))])),
  };
}
