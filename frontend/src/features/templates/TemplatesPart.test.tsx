import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Template } from "@/protocol/types";
import { roomStore } from "@/state/roomStore";
import { templateChanges } from "@/state/templateChanges";
import { aModel, anAppState, aRoom, aTemplate } from "@/state/testMessages";
import { contentOf, copyOf, draftOf, faultAt, samplesOf } from "./draft";
import TemplatesPart from "./TemplatesPart";

const ours = aTemplate({ id: "t1", title: "Greet", scope: "room", room: "r1", version: 4, updated_at: "2026-01-02T10:00:00.000Z", updated_by: "Ada", can_change: true, options: { temperature: 0.2, seed: 7 } });

function show(list: readonly Template[], room = aRoom({ role: "owner" })) {
  roomStore.update(() => anAppState({ models: [aModel()], rooms: { r1: room }, templates: { r1: { phase: "ready", list, error: null } } }));
  render(<TemplatesPart room="r1" />);
}

const fill = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

describe("the templates of a room", () => {
  beforeEach(() => void vi.spyOn(templateChanges, "check").mockResolvedValue({ system: "", prompt: "Hello" }));
  afterEach(() => { vi.restoreAllMocks(); localStorage.clear(); });

  it("says that it loads, why it could not, and asks again", async () => {
    const asked = vi.spyOn(globalThis, "fetch").mockRejectedValueOnce(new TypeError("no network")).mockResolvedValue(Response.json({ templates: [ours] }));
    roomStore.update(() => anAppState({ rooms: { r1: aRoom() } }));
    render(<TemplatesPart room="r1" />);
    expect(screen.getByText("Loading…")).toBeTruthy();
    expect((await screen.findByRole("alert")).textContent).toContain("cannot be reached");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByTestId("template-item")).toBeTruthy();
    expect(asked.mock.calls.map(([path]) => path)).toEqual(["/api/templates?room=r1", "/api/templates?room=r1"]);
  });

  it("sends a change with the version that was changed, and keeps what was typed when that is refused", async () => {
    const refusal = Object.assign(new Error("Mira has changed this template meanwhile. Open it again."), { field: "version" });
    const change = vi.spyOn(templateChanges, "change").mockRejectedValueOnce(refusal).mockResolvedValue(ours);
    show([ours]);
    await userEvent.click(screen.getByTestId("edit-template"));
    await userEvent.type(screen.getByTestId("template-title"), " all");
    await userEvent.click(screen.getByTestId("template-more"));
    await userEvent.clear(screen.getByTestId("template-temperature"));
    await userEvent.click(screen.getByTestId("template-save"));
    expect(await screen.findByText(/Mira has changed/)).toBeTruthy();
    expect(screen.getByTestId<HTMLInputElement>("template-title").value).toBe("Greet all");
    await userEvent.click(screen.getByTestId("template-save"));
    await waitFor(() => expect(screen.queryByTestId("template-editor")).toBeNull());
    const [template, content] = change.mock.calls[1] ?? [];
    expect(template?.version).toBe(4);
    expect(content).toMatchObject({ title: "Greet all", options: { temperature: null, max_tokens: null, seed: 7 } });
  });

  it("makes a template of all that was filled in, and tries it out with a message", async () => {
    const create = vi.spyOn(templateChanges, "create").mockResolvedValue(ours);
    const check = vi.spyOn(templateChanges, "check");
    show([]);
    await userEvent.click(screen.getByTestId("new-template"));
    fill(screen.getByTestId("template-title"), "Greet");
    for (const name of ["tone", "size"]) {
      await userEvent.click(screen.getByTestId("add-variable"));
      fill(screen.getAllByTestId("variable-name").at(-1) as HTMLElement, `The ${name}`);
      await userEvent.type(screen.getAllByTestId("variable-label").at(-1) as HTMLElement, name);
    }
    const [tone, size] = screen.getAllByTestId("variable") as [HTMLElement, HTMLElement];
    await userEvent.click(within(size).getByTestId("variable-remove"));
    await userEvent.selectOptions(within(tone).getByTestId("variable-type"), "choice");
    fill(within(tone).getByTestId("variable-choices"), " kind \n\nplain");
    fill(within(tone).getByTestId("variable-default"), "kind");
    await userEvent.click(screen.getByTestId("template-more"));
    fill(screen.getByTestId("template-kind"), "Our-greeting");
    await userEvent.selectOptions(screen.getByTestId("template-model"), "llama3");
    fill(screen.getByTestId("preview-message"), "Hi");
    await waitFor(() => expect(check.mock.calls.at(-1)?.[0]).toMatchObject({ content: "Hi", variables: {} }), { timeout: 3000 });
    await userEvent.click(screen.getByTestId("template-save"));
    const [room, content] = create.mock.calls[0] ?? [];
    expect(room).toBe("r1");
    expect(content).toMatchObject({ title: "Greet", kind: "our_greeting", model: "llama3", variables: [{ name: "the_tone", label: "tone", type: "choice", required: false, default: "kind", choices: ["kind", "plain"] }] });
  });

  it("says at its part what the server finds wrong", async () => {
    vi.spyOn(templateChanges, "check").mockRejectedValue(Object.assign(new Error("Line 2: no variable is called “who”."), { field: "body" }));
    show([ours]);
    await userEvent.click(screen.getByTestId("new-template"));
    expect((await screen.findByRole("alert", {}, { timeout: 3000 })).textContent).toContain("Line 2");
    expect(screen.getByTestId("template-body").getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByTestId("template-preview").dataset.state).toBe("wrong");
  });

  it("offers no change where there is none to make", () => {
    show([{ ...ours, can_change: false }, aTemplate()], aRoom({ role: "owner", is_archived: true }));
    for (const id of ["new-template", "edit-template", "delete-template"]) expect(screen.queryByTestId(id)).toBeNull();
    expect(screen.getAllByTestId("copy-template")).toHaveLength(2);
  });
});

describe("a template that is being written", () => {
  it("becomes what the server wants, and comes back the same", () => {
    const choice = { name: "tone", label: "Tone", type: "choice" as const, required: true, default: "", choices: ["kind", "plain"] };
    const template = aTemplate({ variables: [choice], model: "llama3", options: { max_tokens: 50 } });
    const { variables, model, options, body } = contentOf(draftOf(template));
    expect([variables, model, options, body]).toEqual([[choice], "llama3", { max_tokens: 50, temperature: null }, "{{ content }}"]);
    expect(copyOf(template).title).toBe("Summarize (copy)");
    expect(contentOf({ ...draftOf(null), title: " New " }).title).toBe("New");
  });

  it("is tried out with something in each place", () => {
    const variable = (name: string, type: Template["variables"][number]["type"], preset = "") => ({ name, label: name, type, required: true, default: preset, choices: type === "choice" ? ["a", "b"] : [] });
    const variables = [variable("line", "text"), variable("one", "choice"), variable("count", "number"), variable("loud", "switch"), variable("known", "text", "yes")];
    expect(samplesOf({ title: "x", body: "", variables })).toEqual({ line: "‹line›", one: "a", count: 1, loud: true });
  });

  it("has its faults at their parts, however deep", () => {
    expect(faultAt({ message: "no", field: "template.variables.0.name" }, "variables")).toBe("no");
    expect(faultAt({ message: "no", field: "variables.who" }, "body")).toBeNull();
    expect(faultAt(null, "body")).toBeNull();
  });
});
