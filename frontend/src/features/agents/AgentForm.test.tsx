import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { TemplateVariable } from "@/protocol/types";
import { roomStore } from "@/state/roomStore";
import { anAgent, anAppState, aTemplate } from "@/state/testMessages";
import { AgentForm } from "./AgentForm";

const BLANK: TemplateVariable = { name: "language", label: "Into", type: "text", required: true, default: "", choices: [] };
const LIST = [aTemplate(), aTemplate({ id: "translate", title: "Translate", variables: [BLANK] }), aTemplate({ id: "t1", title: "Mine", scope: "own" }), aTemplate({ id: "t2", title: "Ours", scope: "room" })];

function show(template: string | null, list = LIST) {
  roomStore.update(() => anAppState({ templates: { r1: { phase: "ready", list, error: null } } }));
  const onSave = vi.fn().mockResolvedValue(undefined);
  render(<AgentForm agent={anAgent("critic", { template })} room="r1" onSave={onSave} onBack={() => undefined} />);
  return { onSave, field: screen.getByTestId<HTMLSelectElement>("agent-template") };
}

const valuesOf = (field: HTMLSelectElement) => [...field.options].map(({ value }) => value);

it("offers the templates that need nothing filled in and are nobody’s own", () => {
  expect(valuesOf(show(null).field)).toEqual(["", "summarize", "t2"]);
});

it("keeps a template that is not there any more until another one is chosen", () => {
  const { field, onSave } = show("gone");
  expect(valuesOf(field)).toEqual(["", "gone", "summarize", "t2"]);
  expect(field.value).toBe("gone");
  fireEvent.change(field, { target: { value: "" } });
  fireEvent.click(screen.getByTestId("save-agent"));
  expect(onSave).toHaveBeenCalledWith(expect.objectContaining({ handle: "critic", template: "" }));
});
